"""Scripts and languages of texts: by their letters, and none where the letters do not tell."""

from __future__ import annotations

import pytest

from proofroom.language.scripts import languages_of, scripts_and_languages, scripts_of


@pytest.mark.parametrize(
    ("text", "script", "language"),
    [
        ("", "", ""),
        ("2014-05-03 12:30", "", ""),
        ("第一条 各楼层实行二十四小时值班，交接班须有书面记录。", "Hani", "zh-Hans"),
        ("各樓層實行二十四小時值班，交接班須有書面記錄。", "Hani", "zh-Hant"),
        ("王小明", "Hani", "zh"),
        ("これは日本語の文章です。漢字も使います。", "Jpan", "ja"),
        ("이것은 한국어 문장입니다", "Kore", "ko"),
        ("ھەممە ئادەم زاتىدىنلا ئەركىن، ئىززەت-ھۆرمەت ۋە ھوقۇقتا باپباراۋەر بولۇپ تۇغۇلغان.", "Arab", "ug"),
        ("يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.", "Arab", "ar"),
        ("تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند.", "Arab", "fa"),
        ("تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔", "Arab", "ur"),
        (
            "Барлық адамдар тумысынан азат және қадір-қасиеті мен құқықтары тең болып дүниеге келеді.",
            "Cyrl",
            "kk",
        ),
        ("Все люди рождаются свободными и равными в своем достоинстве и правах.", "Cyrl", "ru"),
        ("Всі люди народжуються вільними і рівними у своїй гідності та правах.", "Cyrl", "uk"),
        ("འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང༌།", "Tibt", "bo"),
        ("All human beings are born free and equal in dignity and rights.", "Latn", "en"),
        ("Alle Menschen sind frei und gleich an Würde und Rechten geboren.", "Latn", "de"),
        ("Tous les êtres humains naissent libres et égaux en dignité et en droits.", "Latn", "fr"),
        ("Todos los seres humanos nacen libres e iguales en dignidad y derechos.", "Latn", "es"),
        (
            "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Bu bir hak olarak var.",
            "Latn",
            "tr",
        ),
        ("IMG_0042 DSC Canon", "Latn", ""),
        ("名单 list.xlsx 第一部分人员登记表", "Hani", "zh-Hans"),
        ("ＡＢＣ", "Latn", ""),
        ("ሰላም ለዓለም", "Zyyy", ""),
        ("\U00020000\U00020001", "Hani", "zh"),
        ("\ud800 half", "Latn", ""),
    ],
)
def test_script_and_language(text: str, script: str, language: str) -> None:
    assert scripts_and_languages([text]) == [(script, language)]


def test_many_texts_are_told_apart_in_their_order() -> None:
    texts = ["王小明", "the list of the people", "", "ھەممە ئادەم زاتىدىنلا ئەركىن"] * 1_000
    assert scripts_of(texts) == ["Hani", "Latn", "", "Arab"] * 1_000
    assert languages_of(texts) == ["zh", "en", "", "ug"] * 1_000


def test_one_long_text_among_short_ones_keeps_its_place() -> None:
    assert scripts_of(["a", "王" * 2_000_000, "б"]) == ["Latn", "Hani", "Cyrl"]


def test_no_text_at_all() -> None:
    assert scripts_and_languages([]) == []
