//! Batch jobs: loads of files that lie on the server's side, while readers go on.

use super::answers::{Answers, not_built};
use super::page::Pages;
use super::status;
use super::writes::now;
use crate::error::{Error, ErrorClass, Result};
use crate::limits::{BATCH_JOBS_KEPT_MAX, JOB_INPUTS_MAX};
use crate::service::lookup::Lookup;
use crate::service::merge_store::Mode;
use crate::service::report::RunReport;
use crate::service::upsert::{LoadJob, Writer};
use crate::service::{Observer, Phase};
use crate::settings::Settings;
use crate::wire::record::instant;
use crate::wire::v1;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The jobs of a server, the latest [`BATCH_JOBS_KEPT_MAX`].
#[derive(Default)]
pub struct Jobs {
    /// Where inputs lie; none where no file is read for others.
    folder: Option<PathBuf>,
    all: Mutex<BTreeMap<u64, Arc<Job>>>,
}

struct Job {
    number: u64,
    request: v1::StartBatchJobRequest,
    created: i64,
    progress: Progress,
    ended: Mutex<Option<(i64, Ended)>>,
    cancelled: AtomicBool,
}

enum Ended {
    Done(Box<v1::BatchJobReport>),
    Failed(Error),
    Cancelled,
}

/// How far a job is.
#[derive(Default)]
struct Progress {
    phase: Mutex<Option<(Phase, u64)>>,
    done: AtomicU64,
}

impl Observer for Progress {
    fn begin(&self, phase: Phase, expected: u64) {
        *held(&self.phase) = Some((phase, expected));
        self.done.store(0, Ordering::Relaxed);
    }
    fn advance(&self, items: u64) {
        self.done.fetch_add(items, Ordering::Relaxed);
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Jobs {
    /// Jobs that read files under a folder.
    pub fn under(folder: PathBuf) -> Self {
        Jobs { folder: Some(folder), all: Mutex::default() }
    }

    /// The file of a path that a caller names; one that leads elsewhere is refused as one that is not there.
    fn input(&self, path: &str) -> Result<PathBuf> {
        let Some(folder) = &self.folder else {
            let message = "this server reads no files: oneid serve --input-folder DIR names the folder that it may read";
            return Err(Error::new(ErrorClass::Conflict, message));
        };
        let folder = folder.canonicalize().map_err(|cause| Error::io(folder.display(), &cause))?;
        let found = folder.join(path).canonicalize().ok().filter(|found| found.starts_with(&folder) && found.is_file());
        found.ok_or_else(|| Error::not_found(format!("there is no file {path} in the server\'s input folder")))
    }

    fn get(&self, id: &str) -> Result<Arc<Job>> {
        let number = id.strip_prefix('B').and_then(|number| number.parse().ok());
        let found = number.and_then(|number: u64| held(&self.all).get(&number).cloned());
        found.ok_or_else(|| Error::not_found(format!("there is no batch job {id}, or it ended long ago")))
    }

    /// Takes a job in; one that was asked for before is given instead.
    fn take(&self, request: v1::StartBatchJobRequest) -> Result<(Arc<Job>, bool)> {
        let mut all = held(&self.all);
        if let Some(known) = all.values().find(|job| !request.request_id.is_empty() && job.request.request_id == request.request_id) {
            if known.request != request {
                let message = format!("request id {:?} was used before for something else; use a new one", request.request_id);
                return Err(Error::new(ErrorClass::Conflict, message));
            }
            return Ok((Arc::clone(known), false));
        }
        let number = all.last_key_value().map_or(1, |(last, _)| last + 1);
        let (progress, ended, cancelled) = (Progress::default(), Mutex::default(), AtomicBool::new(false));
        let job = Arc::new(Job { number, request, created: now(), progress, ended, cancelled });
        all.insert(number, Arc::clone(&job));
        while all.len() > BATCH_JOBS_KEPT_MAX
            && let Some(oldest) = all.iter().find(|(_, job)| held(&job.ended).is_some()).map(|(number, _)| *number)
        {
            all.remove(&oldest);
        }
        Ok((job, true))
    }
}

impl Answers {
    /// RecordService.StartBatchJob.
    pub fn start_batch_job(&self, request: v1::StartBatchJobRequest) -> Result<v1::StartBatchJobResponse> {
        let (lookup, writer) = self.parts_to_write()?;
        if request.dry_run {
            return Err(not_built("dry_run of a batch job"));
        }
        if !request.event_inputs.is_empty() {
            return Err(not_built("event_inputs of a batch job"));
        }
        if !(1..=JOB_INPUTS_MAX).contains(&request.inputs.len()) {
            return Err(Error::usage(format!("a batch job has 1 to {JOB_INPUTS_MAX} inputs, this one has {}", request.inputs.len())));
        }
        let mode = match v1::LoadMode::try_from(request.mode) {
            Ok(v1::LoadMode::Unspecified | v1::LoadMode::Delta) => Mode::Delta,
            Ok(v1::LoadMode::Snapshot) => Mode::Snapshot,
            Err(_) => return Err(Error::usage(format!("{} is no mode of a load", request.mode))),
        };
        let inputs = request.inputs.iter().map(|path| self.jobs.input(path)).collect::<Result<Vec<_>>>()?;
        let (job, is_new) = self.jobs.take(request)?;
        if is_new {
            let (job, actor) = (Arc::clone(&job), self.actor().to_owned());
            std::thread::spawn(move || {
                let ended = run(&job, &lookup, &writer, &inputs, mode, &actor);
                *held(&job.ended) = Some((now(), ended));
            });
        }
        Ok(v1::StartBatchJobResponse { batch_job: Some(job.wire()) })
    }

    /// RecordService.GetBatchJob.
    pub fn get_batch_job(&self, request: v1::GetBatchJobRequest) -> Result<v1::GetBatchJobResponse> {
        Ok(v1::GetBatchJobResponse { batch_job: Some(self.jobs.get(&request.operation_id)?.wire()) })
    }

    /// RecordService.ListBatchJobs.
    pub fn list_batch_jobs(&self, request: v1::ListBatchJobsRequest) -> Result<v1::ListBatchJobsResponse> {
        let pages = Pages::new("ListBatchJobs", "", request.page_size)?;
        let offset = pages.offset(&request.page_token)?;
        let all: Vec<Arc<Job>> = held(&self.jobs.all).values().rev().cloned().collect();
        let batch_jobs: Vec<v1::BatchJob> = all.iter().skip(offset).take(pages.size).map(|job| job.wire()).collect();
        Ok(v1::ListBatchJobsResponse { next_page_token: pages.next(offset + batch_jobs.len(), all.len()), batch_jobs })
    }

    /// RecordService.CancelBatchJob.
    pub fn cancel_batch_job(&self, request: v1::CancelBatchJobRequest) -> Result<v1::CancelBatchJobResponse> {
        let job = self.jobs.get(&request.operation_id)?;
        if held(&job.ended).is_some() {
            return Err(Error::new(ErrorClass::Conflict, format!("batch job {} has ended", request.operation_id)));
        }
        job.cancelled.store(true, Ordering::Release);
        Ok(v1::CancelBatchJobResponse { batch_job: Some(job.wire()) })
    }
}

/// Reads, and has the writer take what was read. A job that is cancelled stops before it is taken; after that it ends as a whole.
fn run(job: &Job, lookup: &Lookup, writer: &Writer, inputs: &[PathBuf], mode: Mode, actor: &str) -> Ended {
    let settings = Settings::default();
    let read = LoadJob::read(lookup, inputs, &settings, (mode, job.request.force), actor, now(), &job.progress);
    let read = match read {
        Ok(read) => read,
        Err(error) => return Ended::Failed(error),
    };
    if job.cancelled.load(Ordering::Acquire) {
        return Ended::Cancelled;
    }
    job.progress.begin(Phase::Keep, 0);
    match writer.load(read) {
        Ok((report, loaded)) => {
            let rejects = loaded.write_rejects(&lookup.dir().join("rejects").join(format!("{}-B{}.csv", now() / 1_000_000, job.number)));
            let (path, unwritten) =
                rejects.map_or_else(|error| (String::new(), Some(error.to_string())), |path| (path.unwrap_or_default(), None));
            let mut told = told(&report, path);
            told.notes.extend(unwritten);
            Ended::Done(Box::new(told))
        }
        Err(error) => Ended::Failed(error),
    }
}

fn told(report: &RunReport, rejects_path: String) -> v1::BatchJobReport {
    let (records, people) = (report.record_changes.unwrap_or_default(), report.people.unwrap_or_default());
    v1::BatchJobReport {
        rows_read: report.rows_read,
        rows_rejected: report.rejects,
        records_created: records.new,
        records_updated: records.changed,
        records_deleted: records.deleted,
        people_created: people.created,
        people_merged: people.merged,
        people_split: people.split,
        reviews: report.reviews,
        events_read: 0,
        records_unchanged: records.unchanged,
        records_outdated: records.outdated,
        records_suppressed: records.suppressed,
        rejects_path,
        notes: report.notes.clone(),
    }
}

impl Job {
    fn wire(&self) -> v1::BatchJob {
        let ended = held(&self.ended);
        let phase = *held(&self.progress.phase);
        let (state, error, report) = match ended.as_ref().map(|(_, ended)| ended) {
            None if phase.is_none() => (v1::OperationState::Queued, None, None),
            None => (v1::OperationState::Running, None, None),
            Some(Ended::Done(report)) => (v1::OperationState::Succeeded, None, Some((**report).clone())),
            Some(Ended::Cancelled) => (v1::OperationState::Cancelled, None, None),
            Some(Ended::Failed(error)) => {
                let status_code = status::of(error).code() as u32;
                (v1::OperationState::Failed, Some(v1::OperationError { status_code, message: error.to_string() }), None)
            }
        };
        let progress = phase.map(|(phase, total)| v1::OperationProgress {
            phase: phase.name().to_owned(),
            done: self.progress.done.load(Ordering::Relaxed),
            total,
        });
        let operation = v1::Operation {
            operation_id: format!("B{}", self.number),
            kind: v1::OperationKind::BatchJob.into(),
            state: state.into(),
            progress,
            error,
            created_time: Some(instant(self.created)),
            ended_time: ended.as_ref().map(|(time, _)| instant(*time)),
        };
        v1::BatchJob { operation: Some(operation), request: Some(self.request.clone()), report }
    }
}
