//! Assurance and read positions on the wire, and the certificates that the wire tells apart.

use super::v1;
use crate::link::Assurance;

impl From<Assurance> for v1::Assurance {
    fn from(assurance: Assurance) -> Self {
        match assurance {
            Assurance::Probable => v1::Assurance::Probable,
            Assurance::Strong => v1::Assurance::Strong,
            Assurance::Verified => v1::Assurance::Verified,
        }
    }
}

/// The assurance of a number on the wire; `None` for unspecified and for numbers that this program does not know.
pub fn assurance(number: i32) -> Option<Assurance> {
    Assurance::ALL.into_iter().find(|assurance| v1::Assurance::from(*assurance) as i32 == number)
}

/// The state after the frame at a journal position, with nothing left to redo.
pub fn read_position(journal_position: u64) -> v1::ReadPosition {
    v1::ReadPosition { journal_position, redo_pending: false }
}

/// The kinds under which records carry certificates of a type; all of them for an unspecified one.
pub fn certificate_kinds(certificate_type: v1::CertificateType) -> &'static [&'static str] {
    use v1::CertificateType as T;
    match certificate_type {
        T::Unspecified => &["passport", "permit", "military", "household", "driving", "other"],
        T::Passport => &["passport"],
        T::HkMacaoPermit | T::TaiwanPermit | T::ResidencePermit => &["permit"],
        T::Military => &["military"],
        T::HouseholdRegister => &["household"],
        T::DrivingLicence => &["driving"],
        T::ForeignerResidence | T::Other => &["other"],
    }
}

/// Whether the type's number may have the form of a resident ID, so that records carry it as one.
pub fn may_be_resident_id(certificate_type: v1::CertificateType) -> bool {
    use v1::CertificateType as T;
    matches!(certificate_type, T::Unspecified | T::ResidencePermit | T::ForeignerResidence | T::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assurances_read_back() {
        for known in Assurance::ALL {
            assert_eq!(assurance(v1::Assurance::from(known) as i32), Some(known));
        }
        assert_eq!((assurance(0), assurance(77)), (None, None));
    }
}
