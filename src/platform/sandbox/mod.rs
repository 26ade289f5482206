//! The sandbox: a platform on loopback, as strict as its contract, over the simulated world.
//!
//! The client is that of the real platform, over real HTTP. The world runs in real time: its
//! beginning and the positions of its lever are in a file, so that a run continues where the last one
//! ended.

mod api;
mod replies;
mod server;
mod skill_api;
pub mod skills;
mod warehouse;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::Api;
use server::Server;
use skill_api::SkillApi;
use world::SandboxWorld;

use crate::sim::Figures;

pub use api::{CAMPAIGN_ID, CLIENT_ID, CLIENT_SECRET};
pub use server::{Reply, ServerRequest};
pub use skill_api::{KEY_ID, KEY_SECRET, SKILL_ID, default_scenario};
pub use world::SandboxSettings;

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    server: Server,
    platform: Arc<Mutex<Platform>>,
}

/// A platform that the sandbox serves.
enum Platform {
    Campaign(Api),
    Skill(SkillApi),
}

impl Sandbox {
    /// Starts the campaign API.
    pub fn campaign(settings: &SandboxSettings) -> io::Result<Self> {
        Self::start(Platform::Campaign(Api::open(settings)?))
    }

    /// Starts the skills API.
    pub fn skill(settings: &SandboxSettings) -> io::Result<Self> {
        Self::start(Platform::Skill(SkillApi::open(settings)?))
    }

    fn start(platform: Platform) -> io::Result<Self> {
        let platform = Arc::new(Mutex::new(platform));
        let server = Server::start({
            let platform = Arc::clone(&platform);
            move |request| match &mut *lock(&platform) {
                Platform::Campaign(api) => api.answer(request),
                Platform::Skill(api) => api.answer(request),
            }
        })?;
        Ok(Self { server, platform })
    }

    /// Results since the start of this sandbox.
    #[must_use]
    pub fn figures(&self) -> Figures {
        lock(&self.platform).world().figures()
    }

    /// True where the world was begun anew since the last call, because its past, or a jump of the
    /// clock, would take too long to simulate.
    #[must_use]
    pub fn was_begun_anew(&self) -> bool {
        lock(&self.platform).world().was_begun_anew()
    }

    /// The socket address of the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The address of its site, for the setting `CXONE_SITE` or `CXONE_AUTH_BASE`.
    #[must_use]
    pub fn site(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The address of its warehouse.
    #[must_use]
    pub fn warehouse(&self) -> String {
        format!("http://{}{}", self.address(), warehouse::WAREHOUSE_PATH)
    }
}

impl Platform {
    fn world(&mut self) -> &mut SandboxWorld {
        match self {
            Self::Campaign(api) => &mut api.campaign,
            Self::Skill(api) => &mut api.world,
        }
    }
}

fn lock(platform: &Mutex<Platform>) -> MutexGuard<'_, Platform> {
    platform.lock().unwrap_or_else(PoisonError::into_inner)
}
