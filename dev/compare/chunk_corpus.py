"""Texts to cut: the same arguments give the same bytes. 45 % Korean, 35 % English, 20 % mixed; headings, lists, code, tables."""

import random

KOREAN = (
    "배포 롤백 절차를 확인하고 담당자에게 알립니다 큐가 쌓이면 소비자 수를 늘립니다 냉동 창고 온도 경보가 울리면 기록을 남기고 "
    "차량 운행 일정을 다시 계산합니다 재시작 전에 백업을 받습니다 고객 문의는 하루 안에 답합니다 지표가 임계값을 넘으면 원인을 찾습니다"
).split()
ENGLISH = (
    "roll back the deployment before the queue grows and tell whoever is on call the cold room alarm means that a door is "
    "open check the dashboard restart the consumer keep the backup until the next release every incident has an owner"
).split()
FORMS = {
    "as generated": lambda text: text,
    "line ends replaced by spaces": lambda text: " ".join(text.split("\n")),
    "no white space": lambda text: "".join(text.split()),
}


def sentence(source: random.Random, words: list[str]) -> str:
    return " ".join(source.choice(words) for _ in range(source.randint(5, 18))).capitalize() + "."


def block(source: random.Random, words: list[str]) -> str:
    kind = source.random()
    if kind < 0.62:
        return " ".join(sentence(source, words) for _ in range(source.randint(1, 6)))
    if kind < 0.76:
        return "\n".join("- " + sentence(source, words) for _ in range(source.randint(2, 8)))
    if kind < 0.86:
        return f"{'#' * source.randint(1, 3)} {' '.join(source.choice(words) for _ in range(4))}"
    if kind < 0.94:
        lines = [f"{source.choice(ENGLISH)}_{number} = {source.randint(0, 9999)}" for number in range(source.randint(3, 12))]
        return "```\n" + "\n".join(lines) + "\n```"
    rows = [f"| {source.choice(words)} | {source.choice(words)} | {source.randint(1, 500)} |" for _ in range(source.randint(3, 20))]
    return "\n".join(["| a | b | c |", "| --- | --- | --- |"] + rows)


def document(source: random.Random) -> str:
    language = source.random()
    words = KOREAN if language < 0.45 else ENGLISH if language < 0.8 else KOREAN + ENGLISH
    size = min(200_000, int(source.lognormvariate(8.3, 0.8)))
    blocks, length = [], 0
    while length < size:
        blocks.append(block(source, words))
        length += len(blocks[-1].encode())
    return "\n\n".join(blocks) + "\n"


def documents(count: int, seed: int = 20261123) -> list[str]:
    source = random.Random(seed)
    return [document(source) for _ in range(count)]
