//! The one who writes while others read: four threads, each with one thing to do.
//!
//! 1. *Decide*: takes requests as they come and has the desk decide them. Whenever the next thread is free it hands on what was decided as one
//!    batch, so that all that waits shares a sync and nobody waits for company.
//! 2. *Commit*: writes the batch to the journal and syncs it.
//! 3. *Follow*: lets view and look-ups follow, then answers the requests of the batch.
//! 4. *Index*: brings the search index to the view every so often.
//!
//! Always: a request is answered with success only when its batch is durable, and after those before it. After a failure in 2 or 3 nothing more
//! is written, everybody who waits is told so, and the desk is thrown away: only opening the store anew says what happened.

use super::desk::{Desk, Group, Load};
use super::{Asked, LoadJob, Reply};
use crate::error::{Error, ErrorClass, Result};
use crate::limits::{INDEX_PEOPLE_MAX, INDEX_SECONDS, WRITES_WAITING_MAX};
use crate::service::keep::Durable;
use crate::service::load::Loaded;
use crate::service::locks::lock;
use crate::service::lookup::Lookup;
use crate::service::report::RunReport;
use compact_str::CompactString;
use crossbeam::channel::{Receiver, RecvTimeoutError, Select, Sender, bounded};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Who is told what became of a write.
pub type Answer = Box<dyn FnOnce(Result<Reply>) + Send>;

/// Who waits for a batch: told once it is durable, or why nobody knows.
type Waiting = Box<dyn FnOnce(Result<()>) + Send>;

/// Who is told what became of a load.
pub type LoadAnswer = Box<dyn FnOnce(Result<(RunReport, Loaded)>) + Send>;

/// What is asked of the thread that decides.
enum Message {
    Write(Asked, Answer),
    Load(Box<Load>, LoadAnswer),
}

impl Message {
    fn refuse(self, error: Error) {
        match self {
            Message::Write(_, answer) => answer(Err(error)),
            Message::Load(_, answer) => answer(Err(error)),
        }
    }
}

/// A batch on its way.
struct Batch {
    group: Group,
    waiting: Vec<Waiting>,
}

/// The same once it is durable.
struct Committed {
    /// None where nothing was to be written.
    durable: Option<Durable>,
    waiting: Vec<Waiting>,
}

/// Why nothing more is written.
#[derive(Clone, Default)]
struct Failure(Arc<OnceLock<Error>>);

impl Failure {
    fn set(&self, error: Error) {
        // The first failure is the cause of others.
        let _ = self.0.set(error);
    }

    /// Notes when the thread that holds it panics: nobody would wait for it in vain.
    fn guard(&self) -> Guard {
        Guard(self.clone())
    }

    fn error(&self) -> Option<Error> {
        let cause = self.0.get()?;
        let message = format!("nothing more is written since a write failed ({cause}); mend the cause, then open the store anew");
        Some(Error::new(cause.class(), message))
    }

    /// Tells those who wait that nobody knows what became of their writes.
    fn tell(&self, waiting: Vec<Waiting>) {
        let cause = self.0.get().map(ToString::to_string).unwrap_or_default();
        let class = self.0.get().map_or(ErrorClass::Io, Error::class);
        for one in waiting {
            let message = format!(
                "the write was not acknowledged ({cause}): it may have happened or not, and the store says which once it is open again; send \
                 it again then, with its request id"
            );
            one(Err(Error::new(class, message)));
        }
    }
}

/// See [`Failure::guard`].
struct Guard(Failure);

impl Drop for Guard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.set(Error::internal("a thread of the writer panicked"));
        }
    }
}

/// Writes to a store that others read at the same time. Dropped, it ends in order: what was asked is done first.
pub struct Writer {
    requests: Option<Sender<Message>>,
    threads: Vec<JoinHandle<()>>,
    failure: Failure,
}

impl Writer {
    /// Starts the threads over a store that `lookup` reads, with its desk.
    pub fn start(lookup: Arc<Lookup>, desk: Desk, actor: &str) -> Writer {
        let failure = Failure::default();
        let (requests, asked) = bounded::<Message>(WRITES_WAITING_MAX);
        // Nothing lies between deciding and committing: a batch is closed when the journal is free for it, not before.
        let (to_commit, decided) = bounded::<Batch>(0);
        let (to_follow, committed) = bounded::<Committed>(1);
        let (to_index, indexing) = bounded::<()>(1);
        let actor = CompactString::from(actor);
        let decide = {
            let (failure, actor) = (failure.clone(), actor.clone());
            move || {
                let _guard = failure.guard();
                Deciding { desk, actor, failure, waiting: Vec::new() }.run(&asked, &to_commit);
            }
        };
        let commit = {
            let (failure, lookup) = (failure.clone(), Arc::clone(&lookup));
            move || {
                let _guard = failure.guard();
                commit_all(&lookup, &actor, &failure, &decided, &to_follow);
            }
        };
        let follow = {
            let (failure, lookup) = (failure.clone(), Arc::clone(&lookup));
            move || {
                let _guard = failure.guard();
                follow_all(&lookup, &failure, &committed, &to_index);
            }
        };
        let index = {
            let failure = failure.clone();
            move || {
                let _guard = failure.guard();
                index_all(&lookup, &failure, &indexing);
            }
        };
        let threads = vec![std::thread::spawn(decide), std::thread::spawn(commit), std::thread::spawn(follow), std::thread::spawn(index)];
        Writer { requests: Some(requests), threads, failure }
    }

    /// Takes a write; `answer` is called once, on another thread, when it is durable or refused. Waits where too many others do.
    pub fn submit(&self, asked: Asked, answer: Answer) {
        self.send(Message::Write(asked, answer));
    }

    fn send(&self, message: Message) {
        let refused = match &self.requests {
            Some(requests) => requests.send(message).err().map(|refused| refused.into_inner()),
            None => Some(message),
        };
        if let Some(message) = refused {
            message.refuse(self.failure.error().unwrap_or_else(|| Error::new(ErrorClass::Busy, "the store is being closed")));
        }
    }

    /// Takes many records at once, as one batch that readers see wholly; waits until that is durable or refused. Other writes wait meanwhile.
    pub fn load(&self, load: LoadJob) -> Result<(RunReport, Loaded)> {
        let (answer, answered) = bounded(1);
        self.send(Message::Load(Box::new(load.0), Box::new(move |loaded| drop(answer.send(loaded)))));
        answered.recv().unwrap_or_else(|_| Err(Error::internal("a load was never answered")))
    }

    /// Writes and waits until that is durable or refused.
    pub fn write(&self, asked: Asked) -> Result<Reply> {
        let (answer, answered) = bounded(1);
        self.submit(asked, Box::new(move |reply| drop(answer.send(reply))));
        answered.recv().unwrap_or_else(|_| Err(Error::internal("a write was never answered")))
    }

    /// Why nothing more is written, if so.
    pub fn failure(&self) -> Option<Error> {
        self.failure.error()
    }

    /// Ends in order; the error is why nothing more was written.
    pub fn stop(mut self) -> Result<()> {
        self.end();
        self.failure.error().map_or(Ok(()), Err)
    }

    fn end(&mut self) {
        self.requests = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                self.failure.set(Error::internal("a thread of the writer panicked"));
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}

/// Microseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// The thread that decides.
struct Deciding {
    desk: Desk,
    actor: CompactString,
    failure: Failure,
    waiting: Vec<Waiting>,
}

impl Deciding {
    fn run(mut self, asked: &Receiver<Message>, to_commit: &Sender<Batch>) {
        loop {
            let next = if self.waiting.is_empty() && self.desk.is_idle() {
                asked.recv().ok()
            } else {
                let mut select = Select::new();
                let sending = select.send(to_commit);
                // Whoever waits for a sync goes first.
                let ready = select.try_select();
                let ready = ready.unwrap_or_else(|_| {
                    select.recv(asked);
                    select.select()
                });
                if ready.index() == sending {
                    if let Err(refused) = ready.send(to_commit, self.close()) {
                        self.failure.tell(refused.into_inner().waiting);
                        return self.refuse_all(asked);
                    }
                    continue;
                }
                ready.recv(asked).ok()
            };
            let Some(message) = next else { break };
            if self.failure.error().is_some() || self.must_close_before(&message) && to_commit.send(self.close()).is_err() {
                return self.refuse(message).refuse_all(asked);
            }
            self.decide(message);
        }
        if !(self.waiting.is_empty() && self.desk.is_idle()) {
            let last = self.close();
            if let Err(refused) = to_commit.send(last) {
                self.failure.tell(refused.into_inner().waiting);
            }
        }
    }

    fn close(&mut self) -> Batch {
        Batch { group: self.desk.close(&self.actor, now()), waiting: std::mem::take(&mut self.waiting) }
    }

    fn must_close_before(&self, message: &Message) -> bool {
        match message {
            Message::Write(asked, _) => self.desk.must_close_before(&asked.write),
            // A load is a batch of its own.
            Message::Load(..) => !(self.waiting.is_empty() && self.desk.is_idle()),
        }
    }

    fn decide(&mut self, message: Message) {
        match message {
            Message::Write(asked, answer) => match self.desk.decide(&asked) {
                Ok(reply) => self.waiting.push(Box::new(move |durable| answer(durable.map(|()| reply)))),
                Err(error) => answer(Err(error)),
            },
            Message::Load(mut load, answer) => match self.desk.load(&mut load) {
                Ok(report) => self.waiting.push(Box::new(move |durable| answer(durable.map(|()| (report, load.loaded))))),
                Err(error) => answer(Err(error)),
            },
        }
    }

    fn refuse(self, message: Message) -> Self {
        message.refuse(self.failure.error().unwrap_or_else(|| Error::internal("the writer stopped")));
        self
    }

    /// Tells everybody that nothing more is written, until nobody asks any more.
    fn refuse_all(mut self, asked: &Receiver<Message>) {
        self.failure.tell(std::mem::take(&mut self.waiting));
        for message in asked {
            message.refuse(self.failure.error().unwrap_or_else(|| Error::internal("the writer stopped")));
        }
    }
}

/// The thread that commits.
fn commit_all(lookup: &Lookup, actor: &str, failure: &Failure, decided: &Receiver<Batch>, to_follow: &Sender<Committed>) {
    let journal = lookup.journal();
    for Batch { group, waiting } in decided {
        if failure.error().is_some() {
            failure.tell(waiting);
            continue;
        }
        let written = || -> Result<Option<Durable>> {
            if group.entries.is_empty() {
                return Ok(None);
            }
            group.entries.iter().try_for_each(|(_, entry)| entry.check(lookup.views().store()))?;
            let mut journal = lock(&journal);
            let next = journal.last_position() + 1;
            if next != group.first_position {
                return Err(Error::internal(format!(
                    "a batch was decided for position {}, the journal is at {next}",
                    group.first_position
                )));
            }
            Durable::commit(&mut journal, actor, now(), "writes", group.entries).map(Some)
        };
        match written() {
            Ok(durable) => {
                if let Err(refused) = to_follow.send(Committed { durable, waiting }) {
                    failure.set(Error::internal("the view stopped following"));
                    failure.tell(refused.into_inner().waiting);
                }
            }
            Err(error) => {
                failure.set(error);
                failure.tell(waiting);
            }
        }
    }
}

/// The thread that lets view and look-ups follow.
fn follow_all(lookup: &Lookup, failure: &Failure, committed: &Receiver<Committed>, to_index: &Sender<()>) {
    for Committed { durable, waiting } in committed {
        let followed = || -> Result<()> {
            let Some(durable) = durable else { return Ok(()) };
            lookup.follow(&durable.changes(lookup.views().store())?)
        };
        if let Err(cause) = followed() {
            // What is durable stands; but who asks now would be told of what was before.
            failure.set(Error::new(cause.class(), format!("the view could not follow: {cause}")));
        }
        if failure.error().is_some() {
            failure.tell(waiting);
            continue;
        }
        waiting.into_iter().for_each(|one| one(Ok(())));
        if lookup.views().unindexed() >= INDEX_PEOPLE_MAX {
            // One who is told already is told enough.
            let _ = to_index.try_send(());
        }
    }
}

/// The thread that brings the index to the view.
fn index_all(lookup: &Lookup, failure: &Failure, told: &Receiver<()>) {
    loop {
        let waited = told.recv_timeout(Duration::from_secs(INDEX_SECONDS));
        let is_last = matches!(waited, Err(RecvTimeoutError::Disconnected));
        let views = lookup.views();
        // What changes nobody is committed at the end, so that the index is where the view is.
        let is_behind = views.unindexed() > 0 || is_last && views.index().applied_position() < views.position();
        if is_behind
            && failure.error().is_none()
            && let Err(cause) = views.follow_index_beside(&|| lookup.still())
        {
            failure.set(Error::new(cause.class(), format!("the search index could not follow: {cause}")));
        }
        if is_last {
            return;
        }
    }
}
