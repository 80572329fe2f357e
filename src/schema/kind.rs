//! The kinds a column can be.

use crate::record::{Field, closed_list};

closed_list! {
    /// What a column holds.
    ColumnKind {
        /// The record's id within its source.
        RecordId "record_id",
        /// The source's name.
        Source "source",
        /// A version number of the record; the highest is live.
        Version "version",
        /// When the source last wrote the record.
        UpdatedAt "updated_at",
        /// A whole name.
        FullName "full_name",
        /// Given name.
        GivenName "given_name",
        /// Middle name.
        MiddleName "middle_name",
        /// What stands behind a Western name: Jr., Sr., III; also what does not tell the generation (PhD).
        NameSuffix "name_suffix",
        /// Family name.
        FamilyName "family_name",
        /// A screen name, which may be no name at all.
        Nickname "nickname",
        /// Sex.
        Sex "sex",
        /// Whole birth date.
        BirthDate "birth_date",
        /// Day of birth.
        BirthDay "birth_day",
        /// Month of birth.
        BirthMonth "birth_month",
        /// Year of birth.
        BirthYear "birth_year",
        /// Age in years.
        Age "age",
        /// Phone number.
        Phone "phone",
        /// E-mail address.
        Email "email",
        /// Chinese resident ID.
        ResidentId "resident_id",
        /// National or social-security number elsewhere.
        NationalId "national_id",
        /// Type of the certificate in the certificate-number column.
        CertificateType "certificate_type",
        /// Number of a certificate: a resident ID where its type or form says so.
        CertificateNumber "certificate_number",
        /// Device id.
        Device "device",
        /// WeChat openid.
        OpenId "openid",
        /// WeChat unionid.
        UnionId "unionid",
        /// Customer or membership number.
        CustomerNumber "customer_number",
        /// A whole address in one line.
        Address "address",
        /// Street line.
        Street "street",
        /// Second address line: estate, building, unit.
        Premises "premises",
        /// House number.
        StreetNumber "street_number",
        /// Suburb or district.
        District "district",
        /// City or town.
        City "city",
        /// State or province.
        State "state",
        /// Postcode.
        Postcode "postcode",
        /// Country.
        Country "country",
        /// Employer or company.
        Organisation "organisation",
        /// Occupation.
        Occupation "occupation",
        /// Not read.
        Ignore "ignore",
    }
}

impl ColumnKind {
    /// The field that values of the kind become, the shown one where there are several; `None` where they become none: keys, versions
    /// and what is not read.
    pub const fn field(self) -> Option<Field> {
        use ColumnKind as K;
        Some(match self {
            K::RecordId | K::Source | K::Version | K::UpdatedAt | K::Ignore => return None,
            K::FullName => Field::DisplayName,
            K::GivenName => Field::GivenName,
            K::MiddleName => Field::MiddleName,
            K::NameSuffix => Field::Generation,
            K::FamilyName => Field::FamilyName,
            K::Nickname => Field::Nickname,
            K::Sex => Field::Sex,
            K::BirthDate | K::BirthDay | K::BirthMonth | K::BirthYear => Field::BirthDate,
            K::Age => Field::Age,
            K::Phone => Field::Phone,
            K::Email => Field::Email,
            K::ResidentId => Field::ResidentId,
            K::NationalId => Field::NationalId,
            K::CertificateType | K::CertificateNumber => Field::Certificate,
            K::Device => Field::Device,
            K::OpenId => Field::OpenId,
            K::UnionId => Field::UnionId,
            K::CustomerNumber => Field::CustomerNumber,
            K::Address => Field::DisplayAddress,
            K::Street => Field::Street,
            K::Premises => Field::Premises,
            K::StreetNumber => Field::StreetNumber,
            K::District => Field::District,
            K::City => Field::City,
            K::State => Field::State,
            K::Postcode => Field::Postcode,
            K::Country => Field::Country,
            K::Organisation => Field::Organisation,
            K::Occupation => Field::Occupation,
        })
    }

    /// Whether it is a postal address or a part of one.
    pub const fn is_place(self) -> bool {
        use ColumnKind as K;
        let fine = matches!(self, K::Address | K::Street | K::Premises | K::StreetNumber | K::Postcode);
        fine || matches!(self, K::District | K::City | K::State | K::Country)
    }
}
