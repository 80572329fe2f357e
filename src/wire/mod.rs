//! The protocol's types as the build makes them from `proto/`, and their file descriptors.
//!
//! 1. [`v1`] holds every message, enum, server trait and client of package `oneid.v1`; the comments of the `.proto` files
//!    are its docs. A server trait answers UNIMPLEMENTED for each call that is not overridden.
//! 2. [`FILE_DESCRIPTOR_SET`] is what reflection serves.
//!
//! What always holds: the wire form is this and nothing else; pure types are converted here, never serialised as they are.
//! Never here: sockets, decisions, or anything that is not a conversion. One file a subject: `record`, `identifier`, `profile`,
//! `explanation`, `features`.

pub mod explanation;
pub mod features;
pub mod identifier;
pub mod profile;
pub mod record;

/// Package `oneid.v1`, generated.
pub mod v1 {
    #![allow(missing_docs, clippy::all, rustdoc::all)]
    include!(concat!(env!("OUT_DIR"), "/oneid.v1.rs"));
}

/// All files of package `oneid.v1` and their imports, encoded, with comments.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/oneid.v1.bin"));

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;

    const SERVICES: [&str; 8] = [
        "AdminService",
        "ExplainService",
        "FeatureService",
        "IdentityService",
        "RecordService",
        "ReviewService",
        "SearchService",
        "WatchService",
    ];

    #[test]
    fn descriptors_name_every_service_once_and_carry_comments() {
        let set = prost_types::FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("the build encoded it");
        let ours: Vec<_> = set.file.iter().filter(|file| file.package() == "oneid.v1").collect();
        let mut services: Vec<_> = ours.iter().flat_map(|file| &file.service).map(|service| service.name()).collect();
        services.sort_unstable();
        assert_eq!(services, SERVICES);
        assert!(ours.iter().all(|file| file.source_code_info.is_some()));
    }

    #[test]
    fn an_identifier_survives_the_wire() {
        let kind = v1::identifier::Kind::RecordKey(v1::RecordKey { source: "crm".to_owned(), record_id: "1".to_owned() });
        let identifier = v1::Identifier { kind: Some(kind) };
        let read = v1::Identifier::decode(identifier.encode_to_vec().as_slice()).expect("just written");
        assert_eq!(read, identifier);
    }
}
