"""What tests/tools/docstrings.py cannot read off the code."""

# words of a unit, separated by `|` -> numbers that have it
UNITS = {
    'pixel|inch': {
        'crop_size', 'featmap_stride', 'frame_size', 'height', 'img_shape',
        'img_size', 'pad_size_divisor', 'patch_size', 'proposal_size', 'scale',
        'short_side', 'size', 'teacher_scale', 'width'
    },
    'frame':
    {'clip_len', 'frame_interval', 'keyframes', 'num_frames', 'tubelet_size'},
    'second': {
        'fps', 'pause', 'seconds', 'stride', 'time_limit', 'timestamp_end',
        'timestamp_start', 'video_start', 'window'
    },
    'minute': {'minutes'},
    'byte': {'max_bytes'},
    'degree': {'hue'},
    'epoch|iteration|update': {
        'dynamic_intervals', 'end', 'epoch_length', 'interval', 'iters',
        'last_step', 'max_epochs', 'save_begin', 'step', 'steps', 'val_begin',
        'val_interval', 'warmup'
    },
    'share|ratio|percent': {
        'area_range', 'decode_share', 'expand_ratio', 'hidden_share',
        'mask_ratio', 'max_share', 'min_visible', 'saturation',
        'teacher_mask_ratio', 'val_share', 'value', 'x_range', 'y_range'
    },
    # a grid of tokens, by its axes
    "token|T, H|T'|time, height|bin":
    {'grid', 'grid_size', 'grids', 'output_size', 'source', 'target'},
}

# numbers without a unit: counts, places, probabilities, factors, widths
PLAIN = {
    'accumulative_counts', 'action_thr', 'actions', 'aspect_ratio_range',
    'attn_drop_rate', 'batch', 'batch_idx', 'batch_size', 'beta', 'category',
    'clips', 'colour', 'crf', 'custom_classes', 'cutmix_alpha', 'decoders',
    'depth', 'dims', 'draws', 'drop_path_rate', 'drop_rate', 'dropout_ratio',
    'embed_dims', 'eta_min_ratio', 'fill', 'hold', 'frame', 'frames', 'idx',
    'in_channels', 'in_features', 'init_counts', 'init_scale', 'init_std',
    'init_values', 'keys', 'label', 'label_smooth_eps', 'layer', 'layers',
    'least', 'limits', 'line', 'loss_weight', 'magnitude', 'magnitude_std',
    'mask_token_bound', 'matched', 'masks', 'max_attempts', 'max_boxes',
    'max_counts', 'max_keep_ckpts', 'max_refetch', 'max_skips', 'mean',
    'metrics', 'mixup_alpha', 'mlp_ratio', 'neighbours', 'num_classes',
    'num_clips', 'num_crops', 'num_extra', 'num_extra_tokens', 'num_heads',
    'num_hidden', 'num_masks', 'num_ops', 'num_repeats', 'num_slices',
    'num_targets', 'num_threads', 'number', 'offsets', 'out_channels',
    'out_features', 'perplexity', 'person_det_score_thr', 'pixel_weight',
    'prob', 'product_size', 'qk_scale', 'repeats', 'sample', 'samples',
    'sampling_ratio', 'score_thr', 'seed', 'sizes', 'smoothing',
    'spatial_scale', 'stage', 'start_ratio', 'std', 'strengths',
    'student_layers', 'student_mean', 'student_std', 'switch_prob',
    'teacher_stride', 'temperature', 'top_k', 'topk', 'total',
    'visible_weight', 'workers'
}

# what implements something that was published, and therefore names it
PUBLISHED = {
    "MVD's method": {
        'FeatureDistillHead', 'MAEImageTeacher', 'MVD', 'MVDVisionTransformer',
        'MaskedTokenDecoder', 'RegressionLoss', 'VideoMAETeacher', 'sincos_3d'
    },
    "MVD's scripts": {
        'ClipRandomResizedCrop', 'FlooredResize', 'PretrainSampleFrames',
        'RecognitionHead', 'RepeatedAugDataset', 'ReversedMixupCutmix',
        'SegmentSampleFrames', 'StridedSampleFrames', 'ThreeCropViews',
        'TwoResolutionResize', 'WarmupCosineLR'
    },
    "AMD's method":
    {'AMD', 'FeatureGenerator', 'MaskedVideoMAETeacher', 'NestedTubeMasking'},
    "MAE's or VideoMAE's method": {
        'MaskedAutoencoder', 'PixelReconstructionHead', 'RandomMasking',
        'TubeMasking', 'TubeletEmbed', 'sincos_2d', 'sinusoid_1d'
    },
    'a protocol of detection': {
        'BoxAwareRandomCrop', 'ClipHSVJitter', 'DetectionDataPreprocessor',
        'JitterBoxes', 'MVDRoIHead', 'PersonScoreBBoxHead',
        'PublishedAVAMetric', 'RoIAlignExtractor3D', 'SampleAVAClip',
        'roi_align'
    },
    "another paper's or package's": {
        'AttentiveHead', 'ClipRandAugment', 'ClipRandomErasing',
        'FusedAttention', 'KNNTestLoop', 'TokenGradCAM', 'TransformerBlock',
        'TransformersTeacher', 'neighbour_votes'
    },
}
# registered classes that add to MMEngine or MMAction2 what no one published
OWN = {
    'AVAClipDataset', 'AVAVideoFrames', 'AutocastOptimWrapper',
    'BrokenVideosHook', 'CheckedDecordInit', 'CheckedVideoDataset',
    'CompileBlocksHook', 'DataWaitHook', 'DeepSpeedOptimWrapper',
    'DeepSpeedStrategy', 'DeferredInfoHook', 'EpochSampler', 'FSDPStrategy',
    'FiniteLossHook', 'FormatViews', 'FrozenRecognizer3D', 'FusedAdamW',
    'GradNormHook', 'InMemoryDecordInit', 'LabelRangeHook', 'MeanLossHook',
    'OwnClassesAVAMetric', 'PreemptionHook', 'PretrainDataPreprocessor',
    'PretrainingPicturesHook', 'ResumableTrainLoop', 'RowAssigner',
    'RunSummaryHook', 'SafeCheckpointHook', 'SeededDataset', 'SeededValLoop',
    'StrictLoadingHook', 'TopKAccMetric'
}
