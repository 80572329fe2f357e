#!/usr/bin/env python3
"""Made-up people as one table over four sources, with the truth beside it.

    people.py RECORDS PREFIX [--seed 7] [--chinese 0.5]

Writes PREFIX.csv (record_id, source, first_name, last_name, gender, dob, phone, email, id_number, city, address) and PREFIX_truth.csv
(record_id, cluster_id). A person has one to five records; values are missing, mistyped, shortened or out of date at the rates below. The
same arguments, Python and version of Faker (whose lists of names and places are used) give the same rows.
"""
import argparse, csv, datetime, random
from faker.providers.address.en_US import Provider as PlacesEn
from faker.providers.address.zh_CN import Provider as PlacesZh
from faker.providers.person.en_US import Provider as NamesEn
from faker.providers.person.zh_CN import Provider as NamesZh

MISSING = {"gender": 0.15, "dob": 0.2, "phone": 0.2, "email": 0.45, "id_number": 0.65, "city": 0.2, "address": 0.35}
TYPO, SWAPPED_NAMES, SHORT_NAME, OLD_PHONE, OLD_HOME, SHARED_PHONE, DATE_SLIP = 0.05, 0.02, 0.04, 0.12, 0.12, 0.03, 0.03
SOURCES = ["crm", "app", "mini_program", "branch"]
STREETS = ["Street", "Avenue", "Road", "Lane", "Drive"]
SHORT_STREETS = {"Street": "St", "Avenue": "Ave", "Road": "Rd", "Lane": "Ln", "Drive": "Dr"}


class Weighted:
    """Draws from items by weight."""

    def __init__(self, items, weights=None):
        self.items = list(items)
        total, self.cumulative = 0.0, []
        for weight in weights or [1.0 / (rank + 5) for rank in range(len(self.items))]:
            total += weight
            self.cumulative.append(total)

    def draw(self, dice):
        return dice.choices(self.items, cum_weights=self.cumulative)[0]


class Lists:
    def __init__(self, dice):
        characters = sorted({letter for name in NamesZh.first_names for letter in name})
        towns = [f"{name}{end}" for name in list(NamesEn.last_names)[:120] for end in ("ville", "ton", "field")]
        cities = [f"{city}市" for city in PlacesZh.cities]
        for names in (characters, towns, cities):
            dice.shuffle(names)
        self.family = {False: Weighted(NamesEn.last_names.keys(), NamesEn.last_names.values()), True: Weighted(NamesZh.last_names.keys(), NamesZh.last_names.values())}
        self.given_en = {sex: Weighted(names.keys(), names.values()) for sex, names in (("M", NamesEn.first_names_male), ("F", NamesEn.first_names_female))}
        self.characters, self.towns, self.cities = Weighted(characters), Weighted(towns), Weighted(cities)
        self.districts = [f"{district}区" for district in PlacesZh.districts]


def person(dice, lists, chinese_share):
    chinese, sex = dice.random() < chinese_share, dice.choice("MF")
    born = datetime.date(1945, 1, 1) + datetime.timedelta(days=dice.randrange(21_900))
    if chinese:
        given = "".join(lists.characters.draw(dice) for _ in range(dice.choice([1, 2, 2, 2])))
        city = lists.cities.draw(dice)
        digits = [int(digit) for digit in f"{dice.randrange(110101, 650000):06}{born:%Y%m%d}{dice.randrange(500) * 2 + (sex == 'M'):03}"]
        weights = [pow(2, 17 - place, 11) for place in range(17)]
        identity = "".join(map(str, digits)) + "10X98765432"[sum(digit * weight for digit, weight in zip(digits, weights)) % 11]
    else:
        given, city = lists.given_en[sex].draw(dice), lists.towns.draw(dice)
        identity = f"{dice.choice('ABCDEFGHJK')}{dice.randrange(10**8):08}"
    return {"chinese": chinese, "sex": sex, "given": given, "family": lists.family[chinese].draw(dice), "born": born, "identity": identity,
            "city": city, "phones": [phone(dice, chinese) for _ in range(2)], "homes": [home(dice, lists, chinese) for _ in range(2)],
            "mailbox": f"{dice.choice('abcdefghijklmnopqrstuvwxyz')}{dice.randrange(10**7)}" if chinese else f"{given}.{dice.randrange(10**6)}".lower(),
            "host": dice.choice(["qq.com", "163.com", "gmail.com", "outlook.com", "yahoo.com"])}


def phone(dice, chinese):
    return f"1{dice.choice('356789')}{dice.randrange(10**9):09}" if chinese else f"{dice.randrange(201, 989)}555{dice.randrange(10**4):04}"


def home(dice, lists, chinese):
    if chinese:
        return f"{dice.choice(lists.districts)}{lists.characters.draw(dice)}{lists.characters.draw(dice)}路{dice.randrange(1, 900)}号{dice.randrange(1, 30)}室"
    return f"{dice.randrange(1, 9900)} {lists.family[False].draw(dice)} {dice.choice(STREETS)}"


def mistyped(dice, text):
    if len(text) < 2:
        return text
    place = dice.randrange(len(text) - 1)
    letters = "0123456789" if text.isdigit() else "abcdefghijklmnopqrstuvwxyz"
    return {0: text[:place] + text[place + 1] + text[place] + text[place + 2:], 1: text[:place] + text[place + 1:],
            2: text[:place] + dice.choice(letters) + text[place + 1:]}[dice.randrange(3)]


def record(dice, who, households):
    given, family, born = who["given"], who["family"], who["born"]
    if dice.random() < TYPO and not who["chinese"]:
        given = mistyped(dice, given)
    if dice.random() < SHORT_NAME and not who["chinese"]:
        given = given[0]
    if dice.random() < SWAPPED_NAMES:
        given, family = family, given
    if dice.random() < DATE_SLIP:
        born = born + datetime.timedelta(days=dice.choice([-1, 1, 10, 365]))
    number = who["phones"][dice.random() < OLD_PHONE]
    if dice.random() < SHARED_PHONE and households:
        number = dice.choice(households)
    address = who["homes"][dice.random() < OLD_HOME]
    for long, short in SHORT_STREETS.items():
        address = address.replace(long, short) if dice.random() < 0.4 else address
    row = {"first_name": given, "last_name": family, "gender": who["sex"], "dob": born.strftime(dice.choice(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"])),
           "phone": dice.choice(["{}", "+86{}", "+86 {}"] if who["chinese"] else ["{}", "+1{}"]).format(number),
           "email": f"{who['mailbox']}@{who['host']}", "id_number": who["identity"], "city": who["city"], "address": address}
    for column in ("phone", "email", "id_number", "address"):
        if dice.random() < TYPO / 2:
            row[column] = mistyped(dice, row[column])
    return {column: "" if dice.random() < MISSING.get(column, 0) else value for column, value in row.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=int)
    parser.add_argument("prefix")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--chinese", type=float, default=0.5)
    asked = parser.parse_args()
    dice = random.Random(asked.seed)
    lists, households, rows, number = Lists(dice), [], [], 0
    while len(rows) < asked.records:
        who = person(dice, lists, asked.chinese)
        households = (households + who["phones"][:1])[-4:]
        for _ in range(dice.choices([1, 2, 3, 4, 5], weights=[58, 24, 11, 5, 2])[0]):
            rows.append((number, record(dice, who, households)))
        number += 1
    rows = rows[:asked.records]
    dice.shuffle(rows)
    columns = ["first_name", "last_name", "gender", "dob", "phone", "email", "id_number", "city", "address"]
    with open(f"{asked.prefix}.csv", "w", newline="", encoding="utf-8") as table, open(f"{asked.prefix}_truth.csv", "w", newline="") as truth:
        table, truth = csv.writer(table), csv.writer(truth)
        table.writerow(["record_id", "source", *columns])
        truth.writerow(["record_id", "cluster_id"])
        for place, (owner, row) in enumerate(rows):
            table.writerow([f"r{place}", dice.choice(SOURCES), *(row[column] for column in columns)])
            truth.writerow([f"r{place}", f"p{owner}"])
    print(f"{len(rows)} records of {number} people")


if __name__ == "__main__":
    main()
