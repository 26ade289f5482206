//! The sandbox: the campaign API on loopback, as strict as the contract, over the simulated world.
//!
//! The client that talks to it is the one that talks to the real platform, over real HTTP. The
//! campaign lives in real time: when it began and at which rates it dialed is in a file of its
//! own, so that one run carries on where the last one ended.

mod api;
mod server;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use api::Api;
use server::Server;

use crate::sim::Figures;

pub use api::{CAMPAIGN_ID, CLIENT_ID, CLIENT_SECRET};
pub use world::Campaign;

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    server: Server,
    api: Arc<Mutex<Api>>,
}

impl Sandbox {
    /// Starts the API of `campaign`.
    pub fn start(campaign: Campaign) -> io::Result<Self> {
        let api = Arc::new(Mutex::new(Api::new(campaign)));
        let server = Server::start({
            let api = Arc::clone(&api);
            move |request| {
                let mut api = api.lock().unwrap_or_else(PoisonError::into_inner);
                api.answer(request)
            }
        })?;
        Ok(Self { server, api })
    }

    /// What became of the campaign since this was started.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut api = self.api.lock().unwrap_or_else(PoisonError::into_inner);
        api.figures()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The site to be set for it.
    #[must_use]
    pub fn site(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The warehouse that it offers.
    #[must_use]
    pub fn warehouse(&self) -> String {
        format!("http://{}{}", self.address(), api::WAREHOUSE_PATH)
    }
}
