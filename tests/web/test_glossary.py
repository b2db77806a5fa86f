"""The glossary, reached from lessons and from the course home."""

import re

from support.pages import words


def test_a_term_in_a_lesson_leads_to_its_meaning(client_as):
    student = client_as()
    link = re.search(
        r'href="\.\./glossary#(term-[a-z]+)" class="term"', student.get("lessons/t101-answer").text
    )
    assert link

    page = student.get("glossary")

    assert page.status_code == 200
    assert f'id="{link[1]}"' in page.text
    assert "買う直前に手を止めさせる気がかり。" in words(page.text)
    assert "まよい" in page.text


def test_the_home_leads_to_the_glossary_in_the_order_of_the_language(client_as):
    home = client_as()
    assert re.search(r'href="[^"]*/glossary"', home.get("").text)
    assert re.findall(r'<h2 id="shelf-\d+">(.*?)</h2>', home.get("glossary").text) == ["ま", "ら"]

    english = client_as(language="en").get("glossary").text
    assert re.findall(r'<h2 id="shelf-\d+">(.*?)</h2>', english) == ["G", "H"]
    assert "The worry that stops a hand" in english
