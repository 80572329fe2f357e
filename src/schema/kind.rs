//! The kinds a column can be.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal,)+) => {
        /// What a column holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ColumnKind { $($(#[doc = $doc])+ $variant,)+ }

        impl ColumnKind {
            /// Every kind, in order.
            pub const ALL: &'static [ColumnKind] = &[$(ColumnKind::$variant,)+];

            /// The kind's name in settings and reports.
            pub const fn name(self) -> &'static str {
                match self { $(ColumnKind::$variant => $name,)+ }
            }
        }
    };
}

kinds! {
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

impl ColumnKind {
    /// Reads a kind's name.
    pub fn parse(name: &str) -> Option<ColumnKind> {
        ColumnKind::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
