"""Keys are renamed or dropped by the first rule that covers them."""
import pytest

from mvd_mm.checkpoints import Rule, rename
from mvd_mm.checkpoints.rules import two_way


class TestRename:

    RULES = [
        Rule(r'head\..*', None, 'no head here'),
        Rule(r'a\.(\d)\.(.*)', r'b.\1.\2'),
        Rule(r'a\..*', 'never'),
    ]

    def test_the_first_matching_rule_counts(self):
        renamed, dropped = rename({'a.3.x': 1, 'head.w': 2}, self.RULES)
        assert renamed == {'b.3.x': 1}
        assert dropped == {'no head here': ['head.w']}

    @pytest.mark.parametrize('key', ['xa.3.x', 'headless', 'b.3.x'])
    def test_a_rule_covers_whole_keys_and_others_are_refused(self, key):
        with pytest.raises(KeyError, match=key):
            rename({key: 1}, self.RULES)

    def test_counts_the_unknown_keys(self):
        with pytest.raises(KeyError, match='2 keys match no rule'):
            rename({'x': 1, 'y': 2, 'head.w': 3}, self.RULES)

    def test_two_keys_of_one_new_name_are_refused(self):
        with pytest.raises(KeyError, match='two models in one'):
            rename({'a': 1, 'b': 2}, [Rule('[ab]', 'c')])


class TestTwoWay:

    PAIRS = [('b.{n}.{norm}.{p}', 'l.{n}.x.{norm}.{p}'), ('w', 'v')]

    def test_leads_there_and_back(self):
        there, back = two_way(self.PAIRS, 'from.', 'to.')
        file = {'from.b.12.norm1.bias': 1, 'from.w': 2}
        ours, _ = rename(file, there)
        assert ours == {'to.l.12.x.norm1.bias': 1, 'to.v': 2}
        assert rename(ours, back)[0] == file

    @pytest.mark.parametrize(
        'key', ['b.1.norm3.bias', 'b.x.norm1.bias', 'bx1.norm1.bias', 'ww'])
    def test_places_and_dots_are_exact(self, key):
        with pytest.raises(KeyError, match=key):
            rename({key: 1}, two_way(self.PAIRS)[0])
