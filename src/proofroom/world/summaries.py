"""Writes the workbooks that count people: occupancy in several tables on a sheet, sums, a ledger."""

from __future__ import annotations

from collections import Counter
from datetime import date

from proofroom.world import country, lists
from proofroom.world.lists import Roll
from proofroom.world.parts import cell_name
from proofroom.world.people import Population
from proofroom.world.sheets import HAN_DAY, PER_CENT, THOUSANDS, Book, Sheet

Occupancy = dict[tuple[str, int, int], int]  # place, building, floor: people


def occupancy(seed: int, population: Population, day: date) -> Occupancy:
    """Count who is held where on a day, by place, building and floor."""
    found: Counter[tuple[str, int, int]] = Counter()
    for person in population.detained():
        place = person.facility_on(day)
        if place:
            building, floor, _ = lists.room_of(seed, person, place)
            found[place, building, floor] += 1
    return dict(sorted(found.items()))


def occupancy_book(held: Occupancy) -> Book:
    """Lay one small table for each place on one sheet, beside and below each other, each with its total."""
    sheet = Sheet("住宿")
    sheet.put(1, 1, "各单位住宿人数")
    sheet.put(2, 1, date(2015, 6, 30), HAN_DAY)
    lowest = 4
    for number, place in enumerate(country.FACILITIES):
        left = 1 + 5 * (number % 2)
        top = 4 if number < 2 else lowest + 3
        rows = [
            (building, floor, count) for (name, building, floor), count in held.items() if name == place.name
        ]
        bottom = _table(sheet, top, left, place.name, rows)
        if number < 2:
            lowest = max(lowest, bottom)
    sheet.comments[4, 1] = "数字以晚点名为准"
    return Book([sheet], properties={"author": "后勤"}, day=date(2015, 7, 1))


def _table(sheet: Sheet, top: int, left: int, name: str, rows: list[tuple[int, int, int]]) -> int:
    sheet.put(top, left, name)
    sheet.merge(top, left, top, left + 3)
    for offset, header in enumerate(("楼", "层", "人数", "占比")):
        sheet.put(top + 1, left + offset, header)
    first, total = top + 2, sum(count for _, _, count in rows)
    for row, (building, floor, count) in enumerate(rows, first):
        sheet.put(row, left, f"{building}号楼")
        sheet.put(row, left + 1, floor)
        sheet.put(row, left + 2, count)
        share = f"{cell_name(row, left + 2)}/{cell_name(first + len(rows), left + 2)}"
        sheet.put(row, left + 3, count / total, PER_CENT, share)
    last = first + len(rows)
    sheet.put(last, left, "合计")
    if rows:
        span = f"{cell_name(first, left + 2)}:{cell_name(last - 1, left + 2)}"
        sheet.put(last, left + 2, total, THOUSANDS, f"SUM({span})")
    return last


def monthly(population: Population, rolls: list[Roll]) -> Book:
    """Sum the lists month by month, with formulas over a hidden sheet of figures."""
    figures, front = Sheet("数据", state="hidden"), Sheet("汇总")
    front.put(1, 1, "月份")
    front.put(1, 2, "名单数")
    front.put(1, 3, "人数")
    front.put(1, 4, "说明")
    for row, roll in enumerate(rolls, 1):
        figures.put(row, 1, f"{roll.day:%Y-%m}")
        figures.put(row, 2, len(roll.entries))
    months = sorted({f"{roll.day:%Y-%m}" for roll in rolls})
    for row, month in enumerate(months, 2):
        held = [len(roll.entries) for roll in rolls if f"{roll.day:%Y-%m}" == month]
        front.put(row, 1, month)
        front.put(row, 2, len(held), formula=f"COUNTIF(数据!A:A,A{row})")
        front.put(row, 3, sum(held), formula=f"SUMIF(数据!A:A,A{row},数据!B:B)")
    end = len(months) + 2
    front.put(end, 1, "合计")
    front.put(end, 3, sum(len(roll.entries) for roll in rolls), THOUSANDS, f"SUM(C2:C{end - 1})")
    front.put(end + 1, 1, "登记总人数")
    front.put(end + 1, 3, len(population.people), THOUSANDS)
    front.put(end + 2, 1, "引用错误")
    front.put(end + 2, 3, "#N/A", formula='VLOOKUP("无",数据!A:B,2,FALSE)')
    front.put(end + 3, 1, "已完成")
    front.put(end + 3, 3, value=True)
    front.hidden_rows = {end + 1}
    return Book([front, figures], properties={"author": "统计科"}, day=date(2016, 1, 4))


def ledger(rolls: list[Roll]) -> Book:
    """Give a ledger nobody will open: its password stands nowhere."""
    sheet = Sheet("台账")
    for row, roll in enumerate(rolls, 1):
        sheet.put(row, 1, roll.title)
        sheet.put(row, 2, roll.day, HAN_DAY)
        sheet.put(row, 3, len(roll.entries))
    return Book([sheet], properties={"author": "办公室"}, day=date(2016, 1, 4))
