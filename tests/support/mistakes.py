"""What authors get wrong in the tiny course, and how the loader is to tell them."""

T101 = "stage1/t101-hesitation"
T102 = "stage1/t102-trust"
QUIZ = f"{T101}/quiz.yaml"
WORK = f"{T101}/assignment.yaml"
GLOSSARY = "glossary.yaml"
MODULE = f"{T101}/module.yaml"
PAGE = f"{T101}/20-answer.en.md"
TEXT = '{ja: "あ", en: "a"}'
CRITERION = f"criteria:\n  - {{code: C08, title: {TEXT}, levels: [{', '.join([TEXT] * 4)}]}}"
ASK = f"id: t101-x, level: apply, ask: {TEXT}"
SINGLE = f"{{kind: choice, {ASK}, answers: [{{right: {TEXT}, why: {TEXT}}}]}}"
PAIRS = f"{{kind: matching, {ASK}, pairs: [{{left: {TEXT}, right: {TEXT}, why: {TEXT}}}]}}"
STEPS = f"{{kind: ordering, {ASK}, steps: [{TEXT}, {{ja: い, en: i}}], why: {TEXT}}}"
FAIR = '- fair: {ja: "止めて、後で調べて答えると伝える", en: "Stop and promise to answer later"}'

MISTAKES = [
    # structure
    ("course.yaml", "id: tiny", "id: tiny\nid: huge", 1, "`id` is given twice"),
    ("course.yaml", "id: tiny\n", "", 0, "`id` is missing"),
    ("course.yaml", "id: tiny", "id: tiny\ncolour: red", 1, "unknown key `colour`"),
    ("course.yaml", "id: tiny", "id: Tiny_Course", 0, "bad id `Tiny_Course`"),
    ("course.yaml", "id: tiny", "id: course", 0, "the id `course` is reserved"),
    ("course.yaml", "id: tiny", "id: [tiny]", 0, "`id` must be text"),
    ("course.yaml", "[stage1, stage2]", "[stage1, stage2, stage2]", 0, "the folder stage2 is listed twice"),
    (MODULE, "week: 1", "week: one", 0, "`week` must be a whole number, not `one`"),
    (MODULE, "week: 1", "week: 0", 0, "`week` must be at least 1, not 0"),
    (MODULE, "week: 1", "week: 1.5", 0, "must be a whole number"),
    (MODULE, "id: t101\n", f"id: {'x' * 101}\n", 0, "bad id"),
    (MODULE, "id: t101-answer,", "id: t101-why,", 0, "the id `t101-why` is used twice"),
    ("stage2/t201-plan/module.yaml", "needs: []", "needs: none", 0, "`needs` must be a list"),
    (MODULE, 'en: "Knowing hesitation"', 'en: ""', 0, "`en` is empty"),
    (MODULE, ', en: "Knowing hesitation"', "", 0, "`en` is missing"),
    (
        MODULE,
        '{ja: "迷いを知る", en: "Knowing hesitation"}',
        "Knowing",
        0,
        "`title` must have keys and values",
    ),
    (MODULE, 'en: "Knowing hesitation"}', 'en: "Knowing hesitation", fr: "Non"}', 0, "unknown key `fr`"),
    (MODULE, "file: 10-why", "file: 10-wy", 0, f"no file {T101}/10-wy.ja.md and {T101}/10-wy.en.md"),
    ("criteria.yaml", "criteria:", CRITERION, 2, "the criterion C08 is given twice"),
    # glossary
    (GLOSSARY, "    reading: まよい\n", "", -2, "the term cannot be sorted"),
    (GLOSSARY, "reading: まよい", "reading: 迷い", 0, "the term cannot be sorted"),
    (GLOSSARY, 'en: "GMV"', 'en: "Hesitation (HES)"', 0, "the term `hesitation` is given twice"),
    (
        GLOSSARY,
        "    reading: まよい",
        "    reading: まよい\n    also: [流通総額]",
        4,
        "`流通総額` is given twice",
    ),
    (GLOSSARY, "    reading: まよい", "    reading: まよい\n    link: never", 1, "unknown link `never`"),
    # quizzes
    (QUIZ, "draw: 4", "draw: 11", 0, "draws 11 questions from a bank of 10"),
    (QUIZ, "draw: 4", "draw: 5", 0, "the bank of 10 is too small to draw 5"),
    (QUIZ, "draw: 4", "draw: 0", 0, "`draw` must be at least 1"),
    (QUIZ, "pass_mark: 75", "pass_mark: 101", 0, "`pass_mark` must be from 1 to 100, not 101"),
    (QUIZ, "pass_mark: 75", "pass_mark: 0", 0, "`pass_mark` must be from 1 to 100, not 0"),
    (QUIZ, "kind: matching", "kind: pairing", 0, "unknown kind `pairing`"),
    (QUIZ, "level: analyse", "level: analyze", 0, "unknown level `analyze`"),
    (QUIZ, '- right: {ja: "寸法を', '- wrong: {ja: "寸法を', -1, "no answer is right"),
    (QUIZ, '- right: {ja: "寸法を', '- correct: {ja: "寸法を', 0, "unknown key `correct`"),
    (QUIZ, '- right: {ja: "寸法を', f'- wrong: {TEXT}\n        right: {{ja: "寸法を', 0, "exactly one mark"),
    (QUIZ, FAIR, FAIR.replace("fair", "best"), -3, "2 answers are best"),
    (QUIZ, "- best:", "- fair:", -1, "no answer is best"),
    (
        QUIZ,
        'en: "Cut the price"',
        'en: "Say it is popular"',
        0,
        "the answer `Say it is popular` is given twice",
    ),
    (
        QUIZ,
        '        why: {ja: "値段には触れていません。", en: "The price is not mentioned."}\n',
        "",
        -1,
        "`why` is missing",
    ),
    (QUIZ, '"120000"', '"12万"', 0, "`answer` must be a number"),
    (QUIZ, '"120000"', "Infinity", 0, "`answer` must be a number"),
    (QUIZ, '"120000"', "1e999", 0, "`answer` must be a number"),
    (QUIZ, 'tolerance: "0.1"', 'tolerance: "-0.1"', 0, "`tolerance` is negative"),
    (
        QUIZ,
        'en: "Tell its limits"',
        'en: "Say the question back"',
        0,
        "the step `Say the question back` is given twice",
    ),
    (
        QUIZ,
        'right: {ja: "支払い", en: "Payment"}',
        'right: {ja: "支払い", en: "Safety"}',
        -1,
        "right side `Safety`",
    ),
    (
        QUIZ,
        'What others think"}\n  - id: t101-q-roles',
        'Safety"}\n  - id: t101-q-roles',
        0,
        "right side `Safety`",
    ),
    (QUIZ, 'en: "Match each word with its meaning."', 'en: "Match <b>each</b>"', 0, "holds HTML"),
    (QUIZ, 'en: "Match each word with its meaning."', 'en: "Match ![](assets/steps.svg)"', 0, "an image"),
    (QUIZ, "questions:\n", f"questions:\n  - {SINGLE}\n", 1, "only 1 answers"),
    (QUIZ, "questions:\n", f"questions:\n  - {PAIRS}\n", 1, "only 1 pairs"),
    (QUIZ, "questions:\n", f"questions:\n  - {STEPS}\n", 1, "only 2 steps"),
    (QUIZ, "questions:\n", "questions:\n  - a question\n", 1, "`questions` must have keys and values"),
    # assignments
    (WORK, "weight: 40", "weight: 41", -1, "the weights sum to 101, not to 100"),
    (WORK, "weight: 40", "weight: much", 0, "`weight` must be a whole number"),
    (WORK, "criterion: C08", "criterion: C99", 0, "unknown criterion `C99`"),
    (WORK, "criterion: C08", "criterion: C10", 1, "the criterion C10 stands twice"),
    (WORK, "docx", "exe", 0, "unknown file ending `exe`"),
    (WORK, "text: yes\nfiles: [pdf, docx]", "text: no\nfiles: []", 0, "neither text nor files"),
    (WORK, "text: yes", "text: maybe", 0, "unknown text `maybe`"),
    # gates and needs
    ("course.yaml", "before: stage2", "before: stage9", 0, "there is no stage `stage9`"),
    ("course.yaml", "quizzes_passed: stage1", "quizzes_passed: stage8", 0, "there is no stage `stage8`"),
    ("course.yaml", "quizzes_passed: stage1", "quizzes_passed: stage2", 0, "`stage2` comes later"),
    ("course.yaml", "stage_quizzes_passed", "stage_quizes_pased", 0, "unknown need `stage_quizes_pased`"),
    (
        f"{T102}/module.yaml",
        "lessons:",
        "needs: [{quiz_passed: t101-qiz}]\nlessons:",
        0,
        "no quiz `t101-qiz`",
    ),
    (
        f"{T102}/module.yaml",
        "lessons:",
        "needs: [{quiz_passed: t101-why}]\nlessons:",
        0,
        "`t101-why` is no quiz",
    ),
    (f"{T102}/module.yaml", "lessons:", "needs: [{quiz_passed: stage1}]\nlessons:", 0, "`stage1` is no quiz"),
    (f"{T102}/module.yaml", "lessons:", "needs: [{quiz_passed: t102-quiz}]\nlessons:", 0, "comes later"),
    (
        f"{T102}/module.yaml",
        "lessons:",
        "needs: [{assignment_passed: t201-assignment}]\nlessons:",
        0,
        "comes later",
    ),
    (f"{T102}/module.yaml", "lessons:", "needs: [{a: b, c: d}]\nlessons:", 0, "one key and one value"),
    (
        "course.yaml",
        "gates:\n",
        f"gates:\n  - {{before: stage2, title: {TEXT}, needs: []}}\n",
        2,
        "a second gate",
    ),
    # pages
    (PAGE, "## Hear it", "# Hear it", 0, "a heading of the first level"),
    (PAGE, "## Hear it, then show it", "Hear it\n=======", 0, "a heading of the first level"),
    (PAGE, "Say the", "Say <em>the</em>", 0, "raw HTML <em>"),
    (PAGE, "Say the", "<!-- later -->\nSay the", 0, "raw HTML <!--"),
    (PAGE, "See [", "![](assets/stream.csv) See [", 0, "without alternative text"),
    (PAGE, "See [", "![a cat](https://example.org/cat.png) See [", 0, "is not in assets/"),
    (PAGE, "(t101-why)", "(t101-wy)", 0, "the link `t101-wy` leads nowhere"),
    (PAGE, "(t101-why)", "()", 0, "the link `` leads nowhere"),
    (PAGE, "(t101-why)", "(../t102-trust/10-disclose.en.md)", 0, "leads nowhere"),
    (PAGE, "assets/stream.csv", "assets/streams.csv", 0, f"there is no file {T101}/assets/streams.csv"),
    (
        PAGE,
        "Say the",
        "The certificate is a national licence.\n\nSay the",
        0,
        "`national licence` reads as a claim",
    ),
    (f"{T101}/20-answer.ja.md", "次に現物", "これは国家資格です。次に現物", 0, "`国家資格` reads as a claim"),
    (f"{T101}/assets/steps.svg", "<g fill", "<script>alert(1)</script>\n<g fill", 0, "a script in a drawing"),
    # YAML
    (QUIZ, 'en: "Price"', "en: *price", 0, "is read as an alias"),
    (QUIZ, 'en: "Price"', "en: &price P", 0, "`price` is a tag or anchor"),
    (QUIZ, 'en: "Price"', "en: !price P", 0, "`!price` is a tag or anchor"),
    (QUIZ, 'en: "Price"', "en: [Price]", 0, "`en` must be text"),
    (QUIZ, 'en: "Price"', "en: @Price", 0, "not valid YAML"),
    (QUIZ, 'en: "Price"', "en: Price: low", 0, "not valid YAML"),
    (QUIZ, "draw: 4", "draw: 4\n? [a]\n: b", 1, "a key must be a word"),
    (QUIZ, "draw: 4", "draw: 4\n\ttab: x", 1, "not valid YAML"),
    (QUIZ, "draw: 4", "draw: \x07", 0, "a control character"),
    (QUIZ, "draw: 4", "draw: " + "[" * 30 + "]" * 30, 0, "nested too deeply"),
    (QUIZ, "draw: 4", "draw: 4\n---\ndraw: 4", 1, "a second document begins here"),
    (
        MODULE,
        '{ja: "迷いを知る", en: "Knowing hesitation"}',
        "\n  ja: 迷いを知る #1\n  en: Knowing",
        1,
        "ends at #",
    ),
]
"""File, text in it, what an author makes of it, how many lines below that the problem lies, words of its message."""
