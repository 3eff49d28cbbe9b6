"""The converters over the shared fixtures, judged by a CommonMark parser; and the judge itself."""

import pytest

from dev.markdown import cases, fidelity, judge, lab, roundtrip, sources, structure


def test_structures_are_equal_however_they_are_written():
    assert structure.blocks("* a\n    * b\n\n***x***") == structure.blocks("- a\n  - b\n\n<strong><em>x</em></strong>")
    assert structure.blocks("a\\\nb") == structure.blocks("a\nb")
    assert structure.blocks("- a") != structure.blocks("1. a")
    assert structure.blocks("[a](b)") != structure.blocks("a")


def test_fidelity_sees_what_is_missing_doubled_or_moved():
    body = "<p>one two three</p>"
    assert fidelity.measure("storage", body, "one **two** three").wrong == 0
    assert fidelity.measure("storage", body, "one three").missing == ["two"]
    assert fidelity.measure("storage", body, "one two two three").extra == ["two"]
    assert fidelity.measure("storage", body, "two one three").wrong == 1


def test_sources_are_read_without_the_converters():
    body = "<h2>T</h2><ul><li>a<ul><li>b</li></ul></li></ul><table><tr><td>c</td><td/></tr></table>"
    seen = sources.read("storage", body)
    assert (seen.headings, dict(seen.items), seen.cells) == ([2], {1: 1, 2: 1}, 1)
    assert sources.text("wiki", "{code:java}x{code} *y* [z|http://a.b]").split() == ["x", "*y*", "z"]


def test_all_fixtures_keep_their_words_and_structure(capsys):
    if cases.folder() is None:
        pytest.skip("the shared fixtures are not here; nothing was judged")
    status = judge.main([])
    print(capsys.readouterr().out)
    assert status == 0


def test_one_answer_for_each_body():
    bodies = [cases.Case("x", str(index), "wiki", f"*{index}*\n") for index in range(20)]
    assert [answer["markdown"] for answer in lab.convert(bodies)] == [f"**{index}**" for index in range(20)]


def test_random_documents_are_read_back_as_they_were_meant():
    assert list(roundtrip.failures(seed=1, count=2000)) == []
