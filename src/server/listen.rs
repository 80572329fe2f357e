//! Listens, serves every service, and ends in order.
//!
//! 1. Only a loopback address is taken: what is served is plain text.
//! 2. Told to end, the server first says on its health service that it no longer serves, then takes no new calls.
//! 3. Calls under way have [`SERVER_DRAIN_SECONDS`] to end; a watcher of the health service, which never ends by itself, is cut off
//!    then.

use super::{Answers, Calls};
use crate::error::{Error, ErrorClass, Result};
use crate::limits::{
    ANSWER_BYTES_MAX, REQUEST_BYTES_MAX, SERVER_BLOCKING_THREADS_MAX, SERVER_DRAIN_SECONDS, SERVER_FAILURE_MILLISECONDS,
    SERVER_STREAMS_PER_CONNECTION_MAX,
};
use crate::wire::FILE_DESCRIPTOR_SET;
use crate::wire::v1::{
    admin_service_server::AdminServiceServer, explain_service_server::ExplainServiceServer, feature_service_server::FeatureServiceServer,
    identity_service_server::IdentityServiceServer, record_service_server::RecordServiceServer, review_service_server::ReviewServiceServer,
    search_service_server::SearchServiceServer, watch_service_server::WatchServiceServer,
};
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic_health::server::HealthReporter;

/// A server on a thread of its own. Dropped, it is stopped.
pub struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<Result<()>>>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it and waits for its end.
    pub fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        if let Some(stop) = self.stop.take() {
            // A server that has ended already hears nothing; how it ended is told below.
            let _ = stop.send(());
        }
        match self.thread.take().map(std::thread::JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => ended,
            Some(Err(_)) => Err(Error::internal("the server's thread panicked")),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever wants to know how it ended calls `stop`.
        let _ = self.end();
    }
}

/// Starts a server on a thread of its own. Port 0 takes a free one.
pub fn start(answers: Arc<Answers>, address: SocketAddr) -> Result<Running> {
    let listener = listen(address)?;
    let address = local(&listener)?;
    let runtime = runtime()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let told = async move {
        // A stopper that is gone without a word has stopped as well.
        let _ = stopped.await;
    };
    let thread = std::thread::spawn(move || runtime.block_on(serve(answers, listener, told)));
    Ok(Running { address, stop: Some(stop), thread: Some(thread) })
}

/// Serves until SIGTERM or Ctrl-C; `on_ready` hears where it listens.
pub fn run(answers: Arc<Answers>, address: SocketAddr, on_ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let listener = listen(address)?;
    let address = local(&listener)?;
    runtime()?.block_on(async {
        let told = asked_to_end()?;
        on_ready(address);
        serve(answers, listener, told).await
    })
}

/// Serves on `listener` until `shutdown` is done and calls under way have ended.
pub async fn serve(answers: Arc<Answers>, listener: TcpListener, shutdown: impl Future<Output = ()>) -> Result<()> {
    let address = local(&listener)?;
    let failed = |cause: std::io::Error| Error::io(format!("cannot serve on {address}"), &cause);
    listener.set_nonblocking(true).map_err(failed)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
    let incoming = TcpListenerStream::new(listener).map(|stream| stream.and_then(without_delay));

    let (health, health_service) = tonic_health::server::health_reporter();
    report(&health, true).await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(|cause| Error::internal(format!("the protocol's descriptors cannot be served: {cause}")))?;
    let (draining, drain) = oneshot::channel::<()>();
    let failing = Arc::clone(&answers);
    let told = async move {
        tokio::select! {
            () = shutdown => {}
            () = failed_to_write(failing) => {}
        }
        report(&health, false).await;
        // Nobody listens when the server has ended before.
        let _ = draining.send(());
    };
    let calls = Calls::new(Arc::clone(&answers));
    /// Bounds of messages, for each service.
    macro_rules! bounded {
        ($service:ident) => {
            $service::new(calls.clone()).max_decoding_message_size(REQUEST_BYTES_MAX).max_encoding_message_size(ANSWER_BYTES_MAX)
        };
    }
    let serving = Server::builder()
        .max_concurrent_streams(SERVER_STREAMS_PER_CONNECTION_MAX)
        .add_service(health_service)
        .add_service(reflection)
        .add_service(bounded!(IdentityServiceServer))
        .add_service(bounded!(SearchServiceServer))
        .add_service(bounded!(ExplainServiceServer))
        .add_service(bounded!(FeatureServiceServer))
        .add_service(bounded!(RecordServiceServer))
        .add_service(bounded!(WatchServiceServer))
        .add_service(bounded!(ReviewServiceServer))
        .add_service(bounded!(AdminServiceServer))
        .serve_with_incoming_shutdown(incoming, told);
    tokio::select! {
        served = serving => served.map_err(|cause| Error::new(ErrorClass::Io, format!("serving on {address} failed: {cause}"))),
        () = drained(drain) => Ok(()),
    }?;
    answers.failure().map_or(Ok(()), Err)
}

/// Done when nothing more can be written: who goes on reading then would not know that the rest has stopped.
async fn failed_to_write(answers: Arc<Answers>) {
    while answers.failure().is_none() {
        tokio::time::sleep(Duration::from_millis(SERVER_FAILURE_MILLISECONDS)).await;
    }
}

/// Tells the health service of the whole and of each service that is built.
async fn report(health: &HealthReporter, serves: bool) {
    use tonic_health::ServingStatus::{NotServing, Serving};
    let services = [
        "",
        "oneid.v1.IdentityService",
        "oneid.v1.SearchService",
        "oneid.v1.ExplainService",
        "oneid.v1.FeatureService",
        "oneid.v1.RecordService",
        "oneid.v1.ReviewService",
    ];
    for service in services {
        health.set_service_status(service, if serves { Serving } else { NotServing }).await;
    }
}

/// Done when the time for draining is over.
async fn drained(draining: oneshot::Receiver<()>) {
    match draining.await {
        Ok(()) => tokio::time::sleep(Duration::from_secs(SERVER_DRAIN_SECONDS)).await,
        Err(_) => std::future::pending().await,
    }
}

/// Answers are small: they must not wait for more to send.
fn without_delay(stream: TcpStream) -> std::io::Result<TcpStream> {
    stream.set_nodelay(true).map(|()| stream)
}

fn listen(address: SocketAddr) -> Result<TcpListener> {
    if !address.ip().is_loopback() {
        let message = format!("{address} is not a loopback address; plain text is served on loopback only, and TLS is not implemented yet");
        return Err(Error::usage(message));
    }
    TcpListener::bind(address).map_err(|cause| Error::io(format!("cannot listen on {address}"), &cause))
}

fn local(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(|cause| Error::io("cannot tell the server's address", &cause))
}

fn runtime() -> Result<Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(SERVER_BLOCKING_THREADS_MAX).build();
    runtime.map_err(|cause| Error::io("cannot start the server's threads", &cause))
}

/// Done on Ctrl-C or SIGTERM; the signals are caught from now on.
#[cfg(unix)]
fn asked_to_end() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let caught = |kind: SignalKind| signal(kind).map_err(|cause| Error::io("cannot catch signals", &cause));
    let (mut interrupt, mut terminate) = (caught(SignalKind::interrupt())?, caught(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Done on Ctrl-C.
#[cfg(not(unix))]
fn asked_to_end() -> Result<impl Future<Output = ()>> {
    Ok(async {
        // Where Ctrl-C cannot be caught, the process is ended by it.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
