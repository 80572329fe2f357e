//! Short forms of English given names.

use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Each line: names that one person may go by. A name may stand in several lines.
const GROUPS: &str = "\
william bill will billy willy liam
robert bob rob bobby robbie bert
james jim jimmy jamie
john jack johnny jon
jonathan jon jonny
michael mike mick mickey
richard rick dick rich ricky
thomas tom tommy
charles charlie chuck chas
christopher chris kit topher
daniel dan danny
matthew matt
anthony tony
joseph joe joey
david dave davey
edward ed eddie ted ned
steven steve stephen
kenneth ken kenny
andrew andy drew
joshua josh
nicholas nick nicky
benjamin ben benny
samuel sam sammy
gregory greg
alexander alex al sandy xander
patrick pat paddy
timothy tim timmy
jeffrey jeff geoffrey geoff
ronald ron ronnie
donald don donny
elizabeth liz beth lizzy betty eliza bess betsy libby
katherine kate kathy katie kathryn kat catherine cathy cath
jennifer jen jenny
margaret maggie peggy meg marge greta
patricia pat patty tricia trish
deborah deb debbie debra
rebecca becky becca
susan sue susie suzanne
jessica jess jessie
amanda mandy
kimberly kim
christina tina chris christine chrissy
barbara barb babs
victoria vicky tori
samantha sam
melissa mel
stephanie steph
cynthia cindy
pamela pam
alexandra alex sandra
theresa terri teresa tess
zachary zach zack
nathaniel nate nathan nat
raymond ray
lawrence larry laurence
gerald jerry
abigail abby gail
angela angie
isabella bella izzy isabelle isabel
gabriella gabby
madeline maddie maddy
oliver ollie
frederick fred freddie
francis frank frankie
henry harry hank
harold harry hal
leonard leo len lenny
philip phil
peter pete
walter walt
vincent vince vinny
dorothy dot dottie
eleanor ellie nell nora
frances fran
jacqueline jackie
judith judy
mary molly polly may
nancy nan
sarah sally sadie
virginia ginny";

fn groups() -> &'static FxHashMap<&'static str, Vec<u16>> {
    static TABLE: OnceLock<FxHashMap<&'static str, Vec<u16>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: FxHashMap<&'static str, Vec<u16>> = FxHashMap::default();
        for (number, line) in (0..).zip(GROUPS.lines()) {
            for name in line.split(' ') {
                table.entry(name).or_default().push(number);
            }
        }
        table
    })
}

/// Whether a folded word is a given name that has short forms, or one of these.
pub fn is_known(word: &str) -> bool {
    groups().contains_key(word)
}

/// Whether two folded given names can be short forms of one another.
pub fn same_person_name(a: &str, b: &str) -> bool {
    match (groups().get(a), groups().get(b)) {
        (Some(of_a), Some(of_b)) => of_a.iter().any(|group| of_b.contains(group)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms() {
        assert!(same_person_name("william", "bill"));
        assert!(same_person_name("beth", "liz"));
        assert!(!same_person_name("william", "robert"));
        assert!(!same_person_name("unlisted", "bill"));
    }
}
