#!/usr/bin/env python3
"""Files of people in shapes that no rule was made by, with their truth.

    trial_files.py FOLDER [SEED]

writes, for each name below, one or two tables and NAME_truth.csv (record_id, cluster_id), with typing errors, missing values, moves and other
formats in shares that each function says. Needs Faker (PyPI). What a plain merge finds:

    oneid eval --truth FOLDER/NAME_truth.csv FOLDER/NAME*.csv     (without the truth itself)
"""
import csv
import random
import sys
from pathlib import Path

from faker import Faker

LATIN = "abcdefghilmnoprstuwy"
CYRILLIC = "абвгдежзиклмнопрстуфхц"


def chance(share):
    return random.random() < share


def typo(text, letters=LATIN):
    """A letter lost, another, one more, or two exchanged."""
    if len(text) < 3:
        return text
    at = random.randrange(len(text) - 1)
    letter = random.choice(letters)
    letter = letter.upper() if text.isupper() else letter
    edits = [
        text[:at] + text[at + 1 :],
        text[:at] + letter + text[at + 1 :],
        text[:at] + letter + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    ]
    return random.choices(edits, [3, 3, 2, 2])[0]


def write(folder, name, head, rows, part=""):
    """Rows of (values, person), in any order; the first value is the record id."""
    random.shuffle(rows)
    with open(folder / f"{name}{part}.csv", "w", newline="") as out:
        csv.writer(out).writerows([head.split(","), *(values for values, _ in rows)])
    with open(folder / f"{name}_truth.csv", "a", newline="") as out:
        csv.writer(out).writerows([values[0], f"{name}{person}"] for values, person in rows)


def leads(folder):
    """Names in one column in several orders, e-mail addresses made of them, half of all else missing."""
    fake, rows = Faker("en_US"), []
    for person in range(8000):
        given, family = fake.first_name(), fake.last_name()
        mailbox = random.choice([f"{given}.{family}", f"{given[0]}{family}", f"{given}{random.randint(1, 99)}", fake.user_name()])
        email = f"{mailbox}@{random.choice(['gmail.com', 'yahoo.com', 'hotmail.com', fake.domain_name()])}".lower()
        phone, city, company = fake.numerify("(2##) 5##-####"), fake.city(), fake.company()
        forms = [f"{given} {family}"] * 10 + [f"{family}, {given}"] * 3 + [f"{given[0]}. {family}"] * 2
        forms += [f"{given} {random.choice('ABCDEFGHJKLM')}. {family}"] * 2 + [typo(f"{given} {family}"), f"{given} {family}".upper()]
        for _ in range(random.choice([1, 1, 1, 2, 3])):
            other = f"{given}.{family}@{fake.domain_name()}".lower() if chance(0.15) else email
            values = [f"L{len(rows):06}", random.choice(forms), "" if chance(0.35) else other, "" if chance(0.35) else phone]
            values += ["" if chance(0.3) else fake.city() if chance(0.15) else city, "" if chance(0.3) else company]
            rows.append((values, person))
    write(folder, "leads", "Lead ID,Contact Name,Email,Phone,City,Company", rows)


def german(folder):
    """Households with one phone and one home; an eighth of the records at another address."""
    fake, rows, person = Faker("de_DE"), [], 0
    umlauts = str.maketrans({"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss"})
    for _ in range(2500):
        family, phone = fake.last_name(), fake.phone_number()
        home = [fake.street_address(), fake.postcode(), fake.city()]
        for place in range(random.choice([1, 1, 2, 2, 3, 4])):
            male = chance(0.5)
            given = fake.first_name_male() if male else fake.first_name_female()
            ages = {"minimum_age": 1, "maximum_age": 18} if place > 1 else {"minimum_age": 20, "maximum_age": 85}
            born = fake.date_of_birth(**ages).strftime("%d.%m.%Y")
            email = f"{given}.{family}@{fake.free_email_domain()}".lower()
            person += 1
            for _ in range(random.choice([1, 1, 1, 2, 2, 3])):
                name = [typo(given) if chance(0.1) else given, typo(family) if chance(0.08) else family]
                name[1] = name[1].translate(umlauts) if chance(0.1) else name[1]
                name = name[::-1] if chance(0.05) else name
                at = [fake.street_address(), fake.postcode(), fake.city()] if chance(0.12) else list(home)
                at[0] = at[0].replace("straße", "str.").replace("Straße", "Str.") if chance(0.1) else at[0]
                values = [f"K{len(rows):06}", *name, "" if chance(0.25) else born, *at, "" if chance(0.3) else phone]
                rows.append(([*values, "" if chance(0.5) else email, "Herr" if male else "Frau"], person))
    write(folder, "german", "Kundennummer,Vorname,Nachname,Geburtsdatum,Straße,PLZ,Ort,Telefon,E-Mail,Anrede", rows)


def past(folder):
    """People born from 1750 to 1910, up to 13 records each: short forms, styles behind names, the year alone for the date."""
    fake, rows = Faker("en_GB"), []
    short = {"william": "bill will wm", "thomas": "tom thos", "robert": "bob rob", "john": "jack jno", "charles": "charlie chas"}
    short |= {"james": "jim jas", "mary": "molly polly", "edward": "ted ned", "henry": "harry hal", "george": "geo", "elizabeth": "liz betty"}
    men = "william thomas john john robert charles james edward henry george joseph richard".split()
    women = "elizabeth margaret mary mary ann sarah".split()
    works = "politician painter cricketer writer engineer clergyman actor botanist".split()
    towns = [fake.city().lower() for _ in range(150)]
    codes = {town: [fake.postcode().lower() for _ in range(40)] for town in towns}
    for person in range(5000):
        male = chance(0.8)
        usual = random.choice(men if male else women)
        given = usual if chance(0.6) else (fake.first_name_male() if male else fake.first_name_female()).lower()
        middle, family, town = random.choice(men if male else women) if chance(0.35) else "", fake.last_name().lower(), random.choice(towns)
        code, year, work = random.choice(codes[town]), random.randint(1750, 1910), random.choice(works)
        born = f"{year}-{random.randint(1, 12):02}-{random.randint(1, 28):02}" if chance(0.85) else f"{year}-01-01"
        style = random.choice([""] * 8 + [", 1st baronet", f", {random.choice(['1st', '2nd', '3rd'])} baron {family} of {random.choice(towns)}"])
        for number in range(1 + min(int(random.expovariate(0.25)), 12)):
            first, second, last, date, at, sex = given, middle, family, born, code, "male" if male else "female"
            if number:
                first = random.choice(short[first].split()) if first in short and chance(0.2) else first
                first, last = typo(first) if chance(0.08) else first, typo(last) if chance(0.08) else last
                first, last = (last, first) if chance(0.04) else (first, last)
                second = "" if chance(0.3) else second
                digits = typo(date.replace("-", ""), "0123456789") if chance(0.1) else ""
                date = f"{date[:4]}-01-01" if chance(0.1) else f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}" if digits else date
                date = "" if chance(0.1) else date
                at = "" if chance(0.15) else random.choice(codes[town]) if chance(0.35) else at
                sex = "" if chance(0.15) else sex
            whole = " ".join(part for part in (first, second, last) if part) + ("" if number and chance(0.4) else style)
            values = [f"H{len(rows):06}", whole, f"{first} {last}", first, last, date, "" if chance(0.15) else town, at, sex]
            rows.append(([*values, "" if number and chance(0.2) else work], person))
    write(folder, "past", "unique_id,full_name,first_and_surname,first_name,surname,dob,birth_place,postcode_fake,gender,occupation", rows)


def clinic(folder):
    """A Chinese clinic: frequent names, a certificate in half, the year alone in a seventh of the dates, phones that change."""
    fake, rows = Faker("zh_CN"), []
    for person in range(6000):
        name, number, phone, home = fake.name(), fake.ssn(min_age=1, max_age=90), fake.phone_number(), fake.address().split(" ")[0]
        year, month, day = number[6:10], int(number[10:12]), int(number[12:14])
        for _ in range(random.choice([1, 1, 2, 2, 3, 5])):
            at = random.randrange(6, 18)
            wrong = number[:at] + random.choice("0123456789") + number[at + 1 :]
            values = [f"{len(rows) + 10_000_000}", name, "男" if int(number[16]) % 2 else "女"]
            values.append(f"{year}/1/1" if chance(0.15) else f"{year}/{month}/{day}")
            values += ["" if chance(0.5) else wrong if chance(0.05) else number, fake.phone_number() if chance(0.3) else phone]
            rows.append(([*values, "" if chance(0.3) else home], person))
    write(folder, "clinic", "病历号,姓名,性别,出生日期,证件号,联系电话,住址", rows)


def voters(folder):
    """Two registers some years apart: a fifth moved, women who married, fathers and sons of one name, no birth date but the year."""
    fake, older, newer, person = Faker("en_US"), [], [], 0
    for _ in range(3500):
        family, father = fake.last_name(), ""
        home = [fake.street_address(), fake.city(), fake.numerify("27###")]
        for place in range(random.choice([1, 1, 2, 2, 3])):
            male, suffix = chance(0.5), ""
            given, middle = [fake.first_name_male() if male else fake.first_name_female() for _ in range(2)]
            if place == 2 and father and chance(0.4):
                male, given, suffix = True, father, "JR"
            father = given if place == 0 and male else father
            year = random.randint(1930, 1980) if place < 2 else random.randint(1985, 2002)
            tail = ["M" if male else "F", fake.numerify("919#######") if chance(0.5) else ""]
            person += 1
            if chance(0.9):
                older.append(([f"A{person:06}", given, middle, family, suffix, *home, year, *tail], person))
            if chance(0.85):
                at = [fake.street_address(), fake.city(), fake.numerify("27###")] if chance(0.2) else home
                married = fake.last_name() if not male and chance(0.08) else family
                name = [typo(given) if chance(0.03) else given, middle[:1] if chance(0.1) else middle, typo(married) if chance(0.03) else married]
                other = year + random.choice([-1, 1, 10, -10]) if chance(0.02) else year
                newer.append(([f"B{person:06}", *name, suffix, *at, other, *tail], person))
    head = "voter_reg_num,first_name,middle_name,last_name,name_suffix_lbl,res_street_address,res_city_desc,zip_code,birth_year"
    for part, rows in (("_older", older), ("_newer", newer)):
        rows = [([value.upper() if isinstance(value, str) else value for value in values], person) for values, person in rows]
        write(folder, "voters", f"{head},gender_code,full_phone_number", rows, part)


def russian(folder):
    """Names in Cyrillic with typing errors, patronymics missing, phones with 8 in front."""
    fake, rows = Faker("ru_RU"), []
    for person in range(4000):
        male = chance(0.5)
        kinds = ("last_name", "first_name", "middle_name")
        name = [getattr(fake, f"{kind}_{'male' if male else 'female'}")() for kind in kinds]
        born, phone, city = fake.date_of_birth(minimum_age=18, maximum_age=90).strftime("%d.%m.%Y"), fake.numerify("+79#########"), fake.city_name()
        for _ in range(random.choice([1, 1, 2, 2, 3])):
            values = [f"{len(rows) + 100}", *(typo(part, CYRILLIC) if chance(0.1) else part for part in name[:2])]
            values += ["" if chance(0.3) else name[2], "" if chance(0.2) else born]
            values.append("" if chance(0.15) else "8" + phone[2:] if chance(0.15) else phone)
            rows.append(([*values, "" if chance(0.2) else city], person))
    write(folder, "russian", "id,Фамилия,Имя,Отчество,Дата рождения,Телефон,Город", rows)


def japanese(folder):
    """Names in two columns, a quarter without a birth date, phones with and without signs."""
    fake, rows = Faker("ja_JP"), []
    for person in range(4000):
        family, given, born = fake.last_name(), fake.first_name(), fake.date_of_birth(minimum_age=18, maximum_age=90).strftime("%Y/%m/%d")
        phone, email = fake.numerify(random.choice(["090-####-####", "080-####-####"])), f"user{person}@{fake.free_email_domain()}"
        home = [fake.postcode(), fake.address()]
        for _ in range(random.choice([1, 1, 2, 2, 3])):
            at = [fake.postcode(), fake.address()] if chance(0.1) else home
            shown = "" if chance(0.15) else phone.replace("-", "") if chance(0.15) else phone
            values = [f"{len(rows) + 100}", family, given, "" if chance(0.25) else born, shown, *at, "" if chance(0.5) else email]
            rows.append((values, person))
    write(folder, "japanese", "顧客ID,姓,名,生年月日,電話番号,郵便番号,住所,メールアドレス", rows)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 1
    folder.mkdir(parents=True, exist_ok=True)
    for make in (leads, german, past, clinic, voters, russian, japanese):
        random.seed(seed)
        Faker.seed(seed)
        (folder / f"{make.__name__}_truth.csv").write_text("record_id,cluster_id\n")
        make(folder)


if __name__ == "__main__":
    main()
