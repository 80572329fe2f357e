//! The canonical fields: the closed list of what a record can say about a person.

use super::closed_list::closed_list;

closed_list! {
    /// A canonical field. The order is the order of display and of a canonical record's values.
    Field {
        /// The whole name as it is shown to people (cleaned, not folded); never compared.
        DisplayName "display_name",
        /// Family name: folded Latin letters, or simplified Han characters.
        FamilyName "family_name",
        /// Given name: folded Latin letters, or simplified Han characters.
        GivenName "given_name",
        /// Middle name or names.
        MiddleName "middle_name",
        /// Which of several of one name in a family: `jr` (also II), `sr`, `3`, `4`.
        Generation "generation",
        /// A screen name that is no name; shown, and compared as it stands.
        Nickname "nickname",
        /// `m` or `f`.
        Sex "sex",
        /// `YYYY-MM-DD`; `YYYY-MM` or `YYYY` when no more is known.
        BirthDate "birth_date",
        /// Whole years at an unknown date.
        Age "age",
        /// Digits with country prefix `+CC` where known; `*` for a hidden digit.
        Phone "phone",
        /// Lower-case address; the provider's aliases folded.
        Email "email",
        /// Chinese resident ID, 18 characters; `*` for a hidden one.
        ResidentId "resident_id",
        /// A national or social-security number of another country.
        NationalId "national_id",
        /// Another certificate, `type:number`.
        Certificate "certificate",
        /// A device or advertising id.
        Device "device",
        /// WeChat openid: one account within one app.
        OpenId "openid",
        /// WeChat unionid: one account over all apps of one owner.
        UnionId "unionid",
        /// A membership or customer number that several sources may carry.
        CustomerNumber "customer_number",
        /// The whole address as it is shown to people; never compared.
        DisplayAddress "display_address",
        /// The street line (road and what follows it), folded.
        Street "street",
        /// Estate, building, unit, second line.
        Premises "premises",
        /// House or street number, digits and a letter.
        StreetNumber "street_number",
        /// Suburb or district.
        District "district",
        /// City or town.
        City "city",
        /// State or province.
        State "state",
        /// Postcode.
        Postcode "postcode",
        /// Country, as written and folded.
        Country "country",
        /// Employer or company.
        Organisation "organisation",
        /// Occupation or title.
        Occupation "occupation",
    }
}

impl Field {
    /// How many fields there are; a bound for tables by field.
    pub const COUNT: usize = Field::ALL.len();

    /// Whether it is there for people to read, and says nothing that another field does not.
    pub const fn is_shown_only(self) -> bool {
        matches!(self, Field::DisplayName | Field::DisplayAddress)
    }

    /// The field in a sentence, with its article: `a resident ID`, `an e-mail address`.
    pub const fn in_words(self) -> &'static str {
        match self {
            Field::DisplayName => "a name as shown",
            Field::FamilyName => "a family name",
            Field::GivenName => "a given name",
            Field::MiddleName => "a middle name",
            Field::Generation => "a generation (Jr., Sr., III)",
            Field::Nickname => "a nickname",
            Field::Sex => "a sex",
            Field::BirthDate => "a birth date",
            Field::Age => "an age",
            Field::Phone => "a phone number",
            Field::Email => "an e-mail address",
            Field::ResidentId => "a resident ID",
            Field::NationalId => "a national ID",
            Field::Certificate => "a certificate",
            Field::Device => "a device ID",
            Field::OpenId => "a WeChat openid",
            Field::UnionId => "a WeChat unionid",
            Field::CustomerNumber => "a customer number",
            Field::DisplayAddress => "an address as shown",
            Field::Street => "a street",
            Field::Premises => "a building or unit",
            Field::StreetNumber => "a street number",
            Field::District => "a district",
            Field::City => "a city",
            Field::State => "a state or province",
            Field::Postcode => "a postcode",
            Field::Country => "a country",
            Field::Organisation => "an employer",
            Field::Occupation => "an occupation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_words_of_its_own() {
        let mut words: Vec<&str> = Field::ALL.iter().map(|field| field.in_words()).collect();
        assert!(words.iter().all(|words| words.starts_with("a ") || words.starts_with("an ")) && !words.concat().contains('_'));
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Field::COUNT);
    }
}
