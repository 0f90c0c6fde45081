"""Nothing in the world is real: numbers, names, telephones, places; and all of it can be drawn."""

from __future__ import annotations

import random
from datetime import date

import pytest

from proofroom.world import country, drawing, ids, names, people, statuses
from proofroom.world.demo import scan_table
from proofroom.world.prose import protocol


@pytest.fixture(scope="module")
def population() -> people.Population:
    return people.populate(5, 1200, 70)


def test_the_check_character_is_that_of_the_standard() -> None:
    assert ids.check_character("11010519491231002") == "X"  # the worked example of GB 11643-1999
    assert ids.check_character("44052418800101001") == "4"


def test_every_number_is_valid_and_belongs_to_no_real_region(population: people.Population) -> None:
    numbers = [person.id_number for person in population.people]
    assert len(set(numbers)) == len(numbers)
    known = {region.code for region in country.REGIONS}
    for person in population.people:
        assert ids.is_valid(person.id_number)
        assert person.id_number.startswith(ids.REGION_PREFIX)
        assert person.id_number[:6] in known
        assert person.id_number[6:14] == f"{person.birth:%Y%m%d}"


def test_a_typo_or_a_swap_always_breaks_a_number() -> None:
    rng = random.Random(1)
    for serial in range(1, 300):
        number = ids.make_id("990121", date(1970, 1, 1 + serial % 28), serial)
        assert not ids.is_valid(ids.with_typo(number, rng))
        assert not ids.is_valid(ids.with_swap(number, rng))


def test_no_name_and_no_place_is_a_real_one(population: people.Population) -> None:
    words = [word for person in population.people for word in person.name.words()]
    assert names.clashes(words) == set()
    assert names.clashes(country.place_names()) == set()


@pytest.mark.parametrize("real", ["Kashgar", "墨玉县", "Vienna", "尼泊尔", "新疆"])
def test_the_list_of_real_names_knows_real_names(real: str) -> None:
    assert names.clashes([real]) == {real}


def test_names_have_three_forms_in_three_scripts(population: people.Population) -> None:
    for person in population.people[:200]:
        assert names.HAN_DOT in person.name.han
        assert person.name.latin.replace(" ", "").isascii()
        assert all("\u0600" <= sign <= "\u06ff" or sign == " " for sign in person.name.arabic)


def test_a_variant_is_never_the_name_itself(population: people.Population) -> None:
    rng = random.Random(2)
    for person in population.people[:300]:
        assert names.variant(person.name, rng) != person.name.han


def test_telephones_use_a_prefix_of_no_network(population: people.Population) -> None:
    assert {person.phone[:3] for person in population.people} == {country.PHONE_PREFIX}
    assert {len(person.phone) for person in population.people} == {11}


def test_the_traps_among_people_are_planted(population: people.Population) -> None:
    everybody = population.people
    assert any(person.han_only == people.COMMON_WORD for person in everybody)
    assert any(person.han_only == population.officials[0] for person in everybody)
    doubles = [person for person in everybody if person.same_as is not None]
    assert doubles
    for double in doubles:
        original = everybody[double.same_as or 0]
        assert (original.birth, original.name) == (double.birth, double.name)
        assert original.id_number != double.id_number
    twins = [person for person in everybody if person.twin_of is not None]
    assert twins
    assert all(everybody[twin.twin_of or 0].birth == twin.birth for twin in twins)


def test_nobody_is_held_in_a_place_before_it_opened(population: people.Population) -> None:
    opened = {place.name: place.opened for place in country.FACILITIES}
    for person in population.detained():
        for event in person.events:
            assert not event.facility or event.day >= opened[event.facility]


def test_status_words_are_many_and_three_are_ambiguous() -> None:
    table = statuses.code_table()
    assert len({row["raw"] for row in table}) == len(table) > 80
    assert sum(bool(row["ambiguous"]) for row in table) == 3


def test_every_character_of_the_scans_can_be_drawn(population: people.Population) -> None:
    paper = protocol(population)
    lines, total = scan_table(population)
    assert str(total) in lines[-1]
    for text in (paper.title, *paper.paragraphs, *lines, "SYNTHETIC"):
        assert drawing.can_draw(text), text
    assert not drawing.can_draw("\u2603")
