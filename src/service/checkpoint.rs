//! How far a merge into a store has come, kept beside the store so that one that was stopped goes on.
//!
//! What a merge comes to is a function of the live records, of where the model comes from and of the judgements. Two things are kept, each under
//! a digest of all of these: the model once it is learnt, and the clusters once they are cut. A merge of anything else finds nothing of use.
//! What comes behind, the journal's batch, is there as a whole or not at all, and views follow the journal when the store is opened.
//!
//! Always: a checkpoint that cannot be read, is damaged or is of another merge is passed over; one that cannot be written is told and
//! hinders nothing.

use crate::cluster::Clusters;
use crate::engine::batch::{ModelSource, Resolved, Review, Statistics};
use crate::error::{Error, Result};
use crate::link::{Edge, Judgement};
use crate::model::Model;
use crate::record::{Field, RecordSet};
use rustc_hash::FxHasher;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the files begin with; another number where their form or what leads to them changes.
const MAGIC: &[u8; 8] = b"oneidck1";

/// The folder beside the store's others.
pub(super) const FOLDER: &str = "merge";

/// The checkpoint of one merge.
#[derive(Debug)]
pub(super) struct Checkpoint {
    folder: PathBuf,
    digest: [u8; 32],
}

/// [`Resolved`] without its model: clusters, links, copies, reviews and statistics.
type Kept = (Clusters, Vec<Edge>, Vec<u32>, Vec<Review>, Statistics);

impl Checkpoint {
    /// Of a merge into the store in `dir` that resolves these records.
    pub(super) fn of(dir: &Path, records: &RecordSet, source: &ModelSource, judgements: &[Judgement]) -> Self {
        let mut digest = Sha256::new();
        digest.update(concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "\n"));
        match source {
            ModelSource::Given(model) => digest.update(format!("given {}\n", model.id)),
            learn => digest.update(format!("{learn:?}\n")),
        }
        judgements.iter().for_each(|judgement| digest.update(format!("{judgement:?}\n")));
        let values: Vec<Vec<u64>> = Field::ALL.iter().map(|field| records.hashes(*field)).collect();
        let mut row = Vec::new();
        for (place, key) in records.keys().iter().enumerate() {
            let (fields, numbers) = records.entries(place);
            row.clear();
            let mut hasher = FxHasher::default();
            (key, records.stated(place).observed_at).hash(&mut hasher);
            row.extend(hasher.finish().to_le_bytes());
            row.extend((fields.len() as u64).to_le_bytes());
            for (field, number) in fields.iter().zip(numbers) {
                row.extend(values[*field as usize][*number as usize].to_le_bytes());
            }
            digest.update(&row);
        }
        Checkpoint { folder: dir.join(FOLDER), digest: digest.finalize().into() }
    }

    /// The model that was learnt.
    pub(super) fn model(&self) -> Option<Model> {
        let model: Model = serde_json::from_slice(&self.read("model")?).ok()?;
        model.fault().is_none().then_some(model)
    }

    /// Keeps the model that was learnt.
    pub(super) fn keep_model(&self, model: &Model) -> Result<()> {
        self.write("model", &serde_json::to_vec(model).map_err(|cause| Error::internal(cause.to_string()))?)
    }

    /// What the merge came to under `model`, of so many records.
    pub(super) fn resolved(&self, model: Model, records: usize) -> Option<Resolved> {
        let (clusters, links, copies, reviews, statistics): Kept = postcard::from_bytes(&self.read("clusters")?).ok()?;
        (clusters.of_row.len() == records).then_some(Resolved { model, clusters, links, copies, reviews, statistics })
    }

    /// Keeps what the merge came to.
    pub(super) fn keep_resolved(&self, resolved: &Resolved) -> Result<()> {
        let Resolved { clusters, links, copies, reviews, statistics, .. } = resolved;
        let kept = postcard::to_stdvec(&(clusters, links, copies, reviews, statistics));
        self.write("clusters", &kept.map_err(|cause| Error::internal(cause.to_string()))?)
    }

    /// What a file holds, if it is of this merge and whole.
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = std::fs::read(self.folder.join(name)).ok()?;
        let (digest, rest) = file.strip_prefix(MAGIC)?.split_at_checked(self.digest.len())?;
        let (sum, content) = rest.split_at_checked(4)?;
        (digest == self.digest && sum == crc32fast::hash(content).to_le_bytes()).then(|| content.to_vec())
    }

    /// Writes a file that is there as a whole or not at all.
    fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        let new = path.with_extension("new");
        let written = || {
            std::fs::create_dir_all(&self.folder)?;
            let mut file = File::create(&new)?;
            file.write_all(MAGIC)?;
            file.write_all(&self.digest)?;
            file.write_all(&crc32fast::hash(content).to_le_bytes())?;
            file.write_all(content)?;
            file.sync_all()?;
            std::fs::rename(&new, &path)
        };
        written().map_err(|cause| Error::io(format!("cannot write {}", path.display()), &cause))
    }
}

/// Whether a merge into the store in `dir` left a checkpoint.
pub(super) fn is_there(dir: &Path) -> bool {
    dir.join(FOLDER).is_dir()
}

/// Removes what a merge into the store in `dir` left.
pub(super) fn clear(dir: &Path) -> Result<()> {
    let folder = dir.join(FOLDER);
    match std::fs::remove_dir_all(&folder) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(Error::io(format!("cannot remove {}", folder.display()), &cause)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Silent;
    use crate::engine::batch::resolve_near;
    use crate::record::{CanonicalRecord, FieldValue, Grade, RecordKey};
    use crate::service::merge::model_source;
    use crate::settings::Settings;

    fn records(count: usize) -> RecordSet {
        let record = |row: usize| {
            let values = [(Field::GivenName, format!("ann{}", row / 2)), (Field::Phone, format!("+861390000{:04}", row / 2))];
            let values = values.map(|(field, text)| FieldValue { field, text: text.into(), grade: Grade::Valid });
            CanonicalRecord::new(RecordKey::new("s", format!("{row:04}")), 0, None, values.into())
        };
        RecordSet::of(&(0..count).map(record).collect::<Vec<_>>())
    }

    #[test]
    fn what_was_kept_comes_back_for_the_same_merge_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::default();
        let source = || model_source(&settings, None);
        let checkpoint = Checkpoint::of(folder.path(), &records(40), &source(), &[]);
        assert!(checkpoint.model().is_none() && !is_there(folder.path()));
        let (resolved, _) = resolve_near(records(40), source(), &[], &Silent).expect("resolves");
        assert_eq!(resolved.clusters.rows.len(), 20);
        checkpoint.keep_model(&resolved.model).expect("kept");
        checkpoint.keep_resolved(&resolved).expect("kept");
        let again = Checkpoint::of(folder.path(), &records(40), &source(), &[]);
        assert_eq!(again.model().as_ref(), Some(&resolved.model));
        let back = again.resolved(resolved.model.clone(), 40).expect("kept");
        assert_eq!((&back.clusters, &back.links, &back.reviews), (&resolved.clusters, &resolved.links, &resolved.reviews));
        assert_eq!((&back.copies, &back.statistics), (&resolved.copies, &resolved.statistics));

        let other = Settings { seed: settings.seed + 1, ..Settings::default() };
        let judgement = Judgement { a: RecordKey::new("s", "0001"), b: RecordKey::new("s", "0002"), same_person: true };
        let given = ModelSource::Given(Box::new(resolved.model.clone()));
        for other in [
            Checkpoint::of(folder.path(), &records(38), &source(), &[]),
            Checkpoint::of(folder.path(), &records(40), &model_source(&other, None), &[]),
            Checkpoint::of(folder.path(), &records(40), &given, &[]),
            Checkpoint::of(folder.path(), &records(40), &source(), &[judgement]),
        ] {
            assert!(other.model().is_none() && other.resolved(resolved.model.clone(), 40).is_none());
        }

        let path = folder.path().join(FOLDER).join("clusters");
        let whole = std::fs::read(&path).expect("read");
        for damaged in [&whole[..whole.len() - 1], &whole[..20], &[], &[&whole[..], &[0]].concat()] {
            std::fs::write(&path, damaged).expect("written");
            assert!(again.resolved(resolved.model.clone(), 40).is_none());
        }
        clear(folder.path()).expect("removed");
        assert!(!is_there(folder.path()) && clear(folder.path()).is_ok());
    }
}
