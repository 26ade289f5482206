//! One exchange with a server, to the letter.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

/// Sends a request, and returns the head and the body of its answer.
pub fn send(address: SocketAddr, request: &str, headers: &[&str], body: &str) -> (String, String) {
    let request = &format!("{request} HTTP/1.1");
    let mut stream = TcpStream::connect(address).unwrap();
    let length = format!("Content-Length: {}", body.len());
    let head = [&[request, "Host: x", &length], headers]
        .concat()
        .join("\r\n");
    let text = format!("{head}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// The status in a head.
pub fn status(answer: &(String, String)) -> u16 {
    answer.0.split(' ').nth(1).unwrap().parse().unwrap()
}
