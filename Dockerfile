# A container with CUDA. It has NOT been built or run by this project yet:
# tests/tools/test_dockerfile.py only checks its instructions and files, and
# hadolint 2.15.1 finds nothing in it.
#
#   docker build -t mvd_mm .
#   docker run --gpus all --shm-size=8g -it -v "$PWD/data:/workspace/mvd_mm/data" mvd_mm
#
# The base image brings Python 3.11, torch 2.5.1 and CUDA; --use-active-env
# keeps them and adds the rest.
FROM pytorch/pytorch:2.5.1-cuda12.1-cudnn9-runtime

# the libraries that OpenCV loads; a distribution drops each version when the
# next one comes, so that a pinned one would soon not be found
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /workspace/mvd_mm

COPY requirements requirements
COPY tools tools
COPY mvd_mm mvd_mm
COPY configs configs
COPY demo demo
COPY setup.cfg pyproject.toml MANIFEST.in README.md LICENSE NOTICE model-index.yml ./

# the image's environment is active in a shell; a build has to be told
ENV CONDA_PREFIX=/opt/conda MVD_MM_ENV=active
RUN bash tools/setup_env.sh --use-active-env

COPY tests tests
COPY docs docs

CMD ["bash"]
