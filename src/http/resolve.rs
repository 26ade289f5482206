//! Looking up host names, within a time limit and without the need of a thread.

use std::net::IpAddr;
use std::sync::mpsc;
use std::thread;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::unversioned::transport::time::Duration;

use super::dial::{DialError, Step};

/// Looks up the host that is connected to: the proxy where there is one, else the target.
#[derive(Debug)]
pub(super) struct NameResolver {
    pub(super) proxy: Option<Uri>,
}

impl Resolver for NameResolver {
    fn resolve(
        &self,
        target: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let uri = self.proxy.as_ref().unwrap_or(target);
        look_up(uri, config, timeout).map_err(|error| DialError::at(Step::Resolve, error))
    }
}

/// The system's look-up takes no time limit, so it is left to a thread that may be abandoned. An
/// address needs none; and where none can be started, the look-up takes the time that it takes.
fn look_up(uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
    // ureq starts no thread where there is no limit.
    let unlimited = NextTimeout {
        after: Duration::NotHappening,
        ..timeout
    };
    let host = uri.host().unwrap_or_default();
    let is_address = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
    let (sender, found) = mpsc::sync_channel(1);
    let started = (!is_address).then(|| {
        let (uri, config) = (uri.clone(), config.clone());
        thread::Builder::new().spawn(move || {
            // Nobody may wait for it any more.
            let _ = sender.send(DefaultResolver::default().resolve(&uri, &config, unlimited));
        })
    });
    match started {
        Some(Ok(_)) => found
            .recv_timeout(*timeout.after)
            .unwrap_or(Err(Error::Timeout(timeout.reason))),
        Some(Err(_)) | None => DefaultResolver::default().resolve(uri, config, unlimited),
    }
}
