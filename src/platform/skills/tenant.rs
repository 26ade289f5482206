//! The tenant that a token names. Its signature is not checked, since it only picks an address.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::object::Object;

/// The tenant of a login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tenant {
    /// Its id, for discovery.
    pub id: Option<String>,
    /// Its cluster, where discovery does not know it.
    pub cluster: Option<String>,
}

impl Tenant {
    /// The tenant in the claims of the first token that is a JWT.
    #[must_use]
    pub fn of(id_token: Option<&str>, access_token: &str) -> Self {
        let tokens = id_token.into_iter().chain([access_token]);
        let mut claims = tokens.filter_map(claims);
        let Some(claims) = claims.next() else {
            return Self::default();
        };
        let Ok(claims) = Object::new("", &claims) else {
            return Self::default();
        };
        Self {
            id: claims.text(&["tenantId", "tenant"]),
            cluster: claims.text(&["icClusterId"]),
        }
    }
}

fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let json = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&json).ok()?;
    claims.is_object().then_some(claims)
}
