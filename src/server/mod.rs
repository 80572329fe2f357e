//! The gRPC server: one file a service.
//!
//! 1. [`Answers`] turns a request message into an answer message, from a [`Lookup`]; it knows no sockets, so that a program with the
//!    store at hand asks it directly and gets what the wire would give.
//! 2. `identity`, `search`, `explain`, `features`, `writes` and `reviews` bring calls to it: each call reads or writes the store on a thread
//!    that may block.
//!    `not_yet` answers for the services that are not built.
//! 3. `status` says which error becomes which status, once; `listen` binds, serves, and ends in order.
//!
//! Always: a call that is not built answers UNIMPLEMENTED and nothing that looks like an answer; a state that is asked for and cannot
//! be given (a past moment, masks) is refused, never passed over. Plain text is served on loopback only.
//! Never here: decisions about records, which are the engine's; reading the store other than through [`Lookup`].

mod answers;
mod explain;
mod features;
mod history;
mod jobs;
mod identity;
mod listen;
mod lists;
mod mask;
mod not_yet;
mod page;
mod profiles;
mod resolve;
mod reviews;
mod search;
mod status;
mod writes;

pub use answers::Answers;
pub use listen::{Running, run, serve, start};

use crate::error::Result;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// A stream that a call answers with.
type Messages<T> = std::pin::Pin<Box<dyn tokio_stream::Stream<Item = std::result::Result<T, Status>> + Send>>;

/// What a call ends with.
type Answered<T> = std::result::Result<Response<T>, Status>;

/// Brings calls to [`Answers`]; every service of the protocol is implemented for it.
#[derive(Clone)]
struct Calls {
    answers: Arc<Answers>,
}

impl Calls {
    const fn new(answers: Arc<Answers>) -> Self {
        Calls { answers }
    }

    /// Answers a call on a thread that may block: the store is read from the disk.
    async fn answer<Q, A>(&self, request: Request<Q>, answer: fn(&Answers, Q) -> Result<A>) -> Answered<A>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let answers = Arc::clone(&self.answers);
        blocking(move || {
            // What is read stays as it is until the answer is made.
            let _still = answers.lookup.still();
            answer(&answers, request.into_inner())
        })
        .await
    }

    /// The same of a call that writes, or reads the past: what is read may change meanwhile.
    async fn answer_unheld<Q, A>(&self, request: Request<Q>, answer: fn(&Answers, Q) -> Result<A>) -> Answered<A>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let answers = Arc::clone(&self.answers);
        blocking(move || answer(&answers, request.into_inner())).await
    }
}

/// Does work on a thread that may block.
async fn blocking<A: Send + 'static>(work: impl FnOnce() -> Result<A> + Send + 'static) -> Answered<A> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(answer)) => Ok(Response::new(answer)),
        Ok(Err(error)) => Err(status::of(&error)),
        Err(_) => Err(Status::internal("the call failed inside the server; please report it")),
    }
}
