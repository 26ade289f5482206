//! The sandbox: the campaign API on loopback, as strict as the contract, over a [`World`].
//!
//! The client that talks to it is the one that talks to the real platform, over real HTTP.
//! The campaign's dial rate, and how far its world has come, are in a file of their own, so that
//! one run carries on where the last one ended.

mod api;
mod server;
mod world;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::files;
use api::Api;
use server::Server;

pub use world::{Interval, ScenarioError, Series, World};

/// The sandbox's campaign.
pub const CAMPAIGN_ID: &str = "sandbox";
/// The credentials that it takes.
pub const CLIENT_ID: &str = "sandbox-client";
/// The credentials that it takes; no secret, since they open nothing else.
pub const CLIENT_SECRET: &str = "sandbox-secret";

/// A running sandbox; dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    server: Server,
}

/// What the sandbox's campaign remembers between runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// Runs so far, which is how far a series has come.
    pub runs: usize,
    /// Calls per minute.
    pub dial_rate: u32,
    /// Changes so far: the campaign's version.
    pub version: u64,
}

impl Memory {
    /// What is in the file, or a new campaign where it holds nothing usable.
    #[must_use]
    pub fn load(path: &Path) -> Self {
        let content = fs::read(path).unwrap_or_default();
        serde_json::from_slice(&content).unwrap_or_default()
    }

    fn save(self, path: Option<&Path>) -> io::Result<()> {
        let Some(path) = path else { return Ok(()) };
        let content = serde_json::to_vec(&self)?;
        files::replace_durably(path, &content)
    }
}

impl Sandbox {
    /// Starts the API over `world`. Every change is saved to `path`, if there is one.
    pub fn start(
        world: impl World + 'static,
        memory: Memory,
        path: Option<PathBuf>,
    ) -> io::Result<Self> {
        let memory = Memory {
            runs: memory.runs.wrapping_add(1),
            ..memory
        };
        memory.save(path.as_deref())?;
        let api = Mutex::new(Api::new(Box::new(world), memory));
        let server = Server::start(move |request| {
            let mut api = api.lock().unwrap_or_else(PoisonError::into_inner);
            let before = api.memory();
            let reply = api.answer(request);
            if api.memory() != before && api.memory().save(path.as_deref()).is_err() {
                return api::refuse(500, "the sandbox cannot save its campaign");
            }
            reply
        })?;
        Ok(Self { server })
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
