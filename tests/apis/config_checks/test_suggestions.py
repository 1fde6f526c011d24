from mvd_mm.apis.config_checks.suggestions import suggest


def test_the_closest_name_comes_first():
    assert suggest(
        'dept',
        ['width', 'depth'
         ]) == ("did you mean 'depth'? Valid names: ['depth', 'width']")


def test_hundreds_of_names_are_not_listed():
    text = suggest('name7x', [f'name{i}' for i in range(300)])
    assert "did you mean 'name7'?" in text and len(text) < 200
