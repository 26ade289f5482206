//! The sandbox: the campaign API on loopback, as strict as the contract, over the simulated world.
//!
//! The client is that of the real platform, over real HTTP. The campaign runs in real time: its
//! beginning and its dial rates are in a file, so that a run continues where the last one ended.

mod api;
mod server;
pub mod skills;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use api::Api;
use server::Server;

use crate::sim::Figures;

pub use api::{CAMPAIGN_ID, CLIENT_ID, CLIENT_SECRET};
pub use server::{Reply, ServerRequest};
pub use world::SandboxCampaign;

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    server: Server,
    api: Arc<Mutex<Api>>,
}

impl Sandbox {
    /// Starts the API of `campaign`.
    pub fn start(campaign: SandboxCampaign) -> io::Result<Self> {
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

    /// Results of the campaign since the start of this sandbox.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut api = self.api.lock().unwrap_or_else(PoisonError::into_inner);
        api.figures()
    }

    /// True where the campaign was begun anew since the last call, because its past, or a jump of the
    /// clock, would take too long to simulate.
    #[must_use]
    pub fn was_begun_anew(&self) -> bool {
        let mut api = self.api.lock().unwrap_or_else(PoisonError::into_inner);
        api.was_begun_anew()
    }

    /// The socket address of the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The value of the setting `CXONE_SITE` for it.
    #[must_use]
    pub fn site(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The address of its warehouse.
    #[must_use]
    pub fn warehouse(&self) -> String {
        format!("http://{}{}", self.address(), api::WAREHOUSE_PATH)
    }
}
