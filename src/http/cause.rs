//! Causes of failed exchanges in words: what is known as a fact, what is a guess as "likely". No text
//! of a library is among them.

use std::io::{self, ErrorKind};

use rustls::{AlertDescription, CertificateError, Error as TlsError};

use crate::base::timestamp::rfc3339;
use crate::base::units::UnixMillis;

/// The cause of a failure, and its remedy where there is a special one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The cause, as a clause.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Cause {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            remedy: None,
        }
    }

    pub(super) fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..self
        }
    }
}

/// The failure of a stream, as a clause without its place.
pub(super) fn of_stream(error: &io::Error) -> String {
    let known = match error.kind() {
        ErrorKind::ConnectionRefused => {
            "the connection was refused; likely nothing listens on this port"
        }
        ErrorKind::ConnectionReset => "the connection was reset",
        ErrorKind::ConnectionAborted => "the connection was aborted",
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => "the connection was closed",
        // The client refuses new connections once it is told to end.
        ErrorKind::NotConnected => "the run was asked to stop",
        ErrorKind::HostUnreachable => "the host cannot be reached",
        ErrorKind::NetworkUnreachable => "the network cannot be reached",
        ErrorKind::NetworkDown => "the network is down",
        ErrorKind::AddrNotAvailable => "this machine has no address or port for the connection",
        ErrorKind::PermissionDenied => {
            "this machine does not permit the connection, likely by a firewall"
        }
        ErrorKind::TimedOut => "the connection timed out",
        ErrorKind::OutOfMemory => "this machine has no memory left",
        _ => match error.raw_os_error() {
            Some(TOO_MANY_FILES_OF_PROCESS | TOO_MANY_FILES) => "too many files are open",
            Some(number) => return format!("the operating system reports error {number}"),
            None => "the connection failed",
        },
    };
    known.to_owned()
}

/// The failure of TLS with the host of this name.
pub(super) fn of_tls(error: &TlsError, name: &str) -> Cause {
    match error {
        TlsError::InvalidCertificate(problem) => of_certificate(problem, name),
        TlsError::AlertReceived(alert) => of_alert(*alert, name),
        TlsError::InvalidMessage(_) => Cause::new("what it sends is not TLS; likely this port is for plain http"),
        TlsError::PeerIncompatible(_) | TlsError::NoApplicationProtocol => {
            Cause::new("it offers no version or cipher of TLS that is safe; TLS 1.2 or 1.3 is needed")
        }
        TlsError::NoCertificatesPresented => Cause::new("it shows no certificate"),
        TlsError::General(_) => Cause::new("this machine has no certificate authorities to check it with")
            .with_remedy("install them (often the package ca-certificates), or name a certificate with --ca-file"),
        TlsError::FailedToGetCurrentTime | TlsError::FailedToGetRandomBytes => {
            Cause::new("this machine has no time or no random numbers to offer")
        }
        _ => Cause::new("it breaks the rules of TLS; likely something in between changes what it sends"),
    }
}

fn of_certificate(problem: &CertificateError, name: &str) -> Cause {
    let day = |seconds: u64| {
        let millis = i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000);
        let text = rfc3339(UnixMillis(millis));
        text.split('T').next().unwrap_or(&text).to_owned()
    };
    match problem {
        CertificateError::Expired => Cause::new("its certificate expired").with_remedy(CHECK_CLOCK),
        CertificateError::ExpiredContext { not_after, .. } => {
            let day = day(not_after.as_secs());
            Cause::new(format!("its certificate expired on {day}")).with_remedy(CHECK_CLOCK)
        }
        CertificateError::NotValidYet => {
            Cause::new("its certificate is not valid yet").with_remedy(CHECK_CLOCK)
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            let day = day(not_before.as_secs());
            Cause::new(format!("its certificate is not valid before {day}"))
                .with_remedy(CHECK_CLOCK)
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Cause::new(format!("its certificate is not valid for the name {name}"))
                .with_remedy("check the host name; the certificate is of another one")
        }
        CertificateError::UnknownIssuer => {
            Cause::new("the issuer of its certificate is unknown, or it is self-signed")
                .with_remedy(
                    "if a private authority issued it, name its certificate with --ca-file",
                )
        }
        CertificateError::Revoked => Cause::new("its certificate was revoked"),
        CertificateError::BadSignature => Cause::new("the signature of its certificate is wrong"),
        CertificateError::BadEncoding => Cause::new("its certificate cannot be read"),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            Cause::new("its certificate is not for servers")
        }
        _ => Cause::new("its certificate is not accepted"),
    }
}

fn of_alert(alert: AlertDescription, name: &str) -> Cause {
    match alert {
        AlertDescription::ProtocolVersion => Cause::new("it speaks neither TLS 1.2 nor TLS 1.3"),
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            Cause::new("it accepts none of the ciphers offered, likely because it is too old")
        }
        AlertDescription::UnrecognisedName => {
            Cause::new(format!("it does not know the name {name}"))
                .with_remedy("check the host name")
        }
        AlertDescription::CertificateRequired | AlertDescription::BadCertificate => {
            Cause::new("it wants a certificate from here, and dialpace has none to show")
                .with_remedy("allow this client without a certificate")
        }
        alert => Cause::new(format!(
            "it ended the handshake with TLS alert {}",
            u8::from(alert)
        )),
    }
}

/// The reason for which an answer is not HTTP/1.1, from the sentence that the library has for it.
pub(super) fn of_protocol(sentence: &str) -> &'static str {
    let table = [
        (
            "HTTP version",
            "it is not HTTP; likely this port is for another protocol, such as https",
        ),
        (
            "http version",
            "it is of a version of HTTP that is not supported; HTTP/1.1 is needed",
        ),
        ("response status", "its status line is malformed"),
        ("status code", "its status line is malformed"),
        ("too many headers", "its header has more than 128 fields"),
        ("chunk", "its body is in malformed chunks"),
        (
            "conflicting content-length",
            "its header states several lengths",
        ),
        (
            "content-length",
            "its header states a length that is no number",
        ),
        ("header", "its header is malformed"),
        ("new line", "its header is malformed"),
        ("token", "its header is malformed"),
    ];
    let known = table.into_iter().find(|(word, _)| sentence.contains(word));
    known.map_or("it is not HTTP/1.1", |(_, reason)| reason)
}

/// Remedy for a certificate that is valid at another time.
const CHECK_CLOCK: &str = "check the clock of this machine, and have the certificate renewed";
/// `EMFILE` and `ENFILE`, for which `std` has no kind.
const TOO_MANY_FILES_OF_PROCESS: i32 = 24;
const TOO_MANY_FILES: i32 = 23;
