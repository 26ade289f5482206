//! One exchange: a request sent once, up to the end of its answer.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use ureq::http::{HeaderMap, Method, Request as HttpRequest, Response, header};
use ureq::{Agent, AsSendBody, Error};

use super::bounds::{BODY_BYTES_MAX, IDLE_MAX};
use super::error::Problem;
use super::header_file::HeaderFile;
use super::message::{Answer, Body, Request};
use super::proxy::Proxy;
use super::route::{Part, Route};

/// One try of a request: how it is sent.
pub(super) struct Exchange<'a> {
    pub(super) agent: Agent,
    pub(super) proxy: Option<&'a Proxy>,
    pub(super) timeout: Duration,
    pub(super) header_file: Option<HeaderFile>,
    pub(super) is_retry: bool,
}

impl Exchange<'_> {
    /// Sends once, whatever the answer. A failure carries the library's words for it.
    pub(super) fn run(
        &self,
        request: &Request,
        token: Option<&SecretString>,
    ) -> Result<(u16, Answer), (Problem, String)> {
        let route = Route {
            // An address was checked when it was set.
            uri: request.url.parse().unwrap_or_default(),
            proxy: self.proxy,
            timeout: self.timeout,
        };
        let failed = |part: Part| {
            let route = &route;
            move |error: Error| {
                let detail = error.to_string();
                (route.problem(error, part), detail)
            }
        };
        let response = self.start(request, token).map_err(failed(Part::Head))?;
        let status = response.status().as_u16();
        let (parts, body) = response.into_parts();
        let is_success = (200..300).contains(&status);
        if is_success && request.reads_answer && is_compressed(&parts.headers) {
            let problem = route.unusable("its body is compressed, which was not asked for");
            return Err((problem, String::new()));
        }
        let body = if is_success && !request.reads_answer {
            Vec::new()
        } else {
            let body = body.into_with_config().limit(BODY_BYTES_MAX).read_to_vec();
            match body {
                Err(error) if is_success => return Err(failed(Part::Body)(error)),
                // The status is enough; only its message could not be read.
                body => body.unwrap_or_default(),
            }
        };
        let answer = Answer {
            status,
            headers: parts.headers,
            body,
            ..Answer::default()
        };
        Ok((status, answer))
    }

    /// Sends once, up to the head of the answer.
    fn start(
        &self,
        request: &Request,
        token: Option<&SecretString>,
    ) -> Result<Response<ureq::Body>, Error> {
        let mut builder = HttpRequest::builder()
            .method(request.method.clone())
            .uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        for (name, value) in self.header_file.iter().flat_map(HeaderFile::fields) {
            builder = builder.header(name, value);
        }
        if let Some(token) = token {
            builder = builder.header(
                header::AUTHORIZATION,
                format!("Bearer {}", token.expose_secret()),
            );
        }
        match &request.body {
            Some(Body::Plain(text)) => self.send(builder.body(text.as_str())?),
            Some(Body::Secret(text)) => self.send(builder.body(text.expose_secret())?),
            // Its length is told, since some servers take none for a body without an end.
            None if request.method == Method::POST => self.send(builder.body("")?),
            None => self.send(builder.body(())?),
        }
    }

    fn send(&self, request: HttpRequest<impl AsSendBody>) -> Result<Response<ureq::Body>, Error> {
        // Kept connections may all be dead, so a retry takes none: each is too old for it.
        let idle_max = if self.is_retry {
            Duration::ZERO
        } else {
            IDLE_MAX
        };
        let request = self.agent.configure_request(request);
        let request = request
            .timeout_global(Some(self.timeout))
            .max_idle_age(idle_max);
        self.agent.run(request.build())
    }
}

fn is_compressed(headers: &HeaderMap) -> bool {
    let encoding = headers.get(header::CONTENT_ENCODING);
    encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}
