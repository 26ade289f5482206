//! The files of one run, compared: what is written must be nothing else.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::paths::{folder, resolved, sibling};
use crate::base::input::InputError;

/// The files of one run. [`check`](Self::check) refuses two that are one, unless both are only read.
#[derive(Clone, Debug, Default)]
pub struct FileUses(Vec<FileUse>);

#[derive(Clone, Debug)]
struct FileUse {
    /// The option or setting that names it.
    named_by: String,
    /// Its role among those that the option names; empty for the file itself.
    role: String,
    path: PathBuf,
    is_written: bool,
    is_stream: bool,
    place: Place,
}

/// The place of a file, which need not exist, by whatever name.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    folder: PathBuf,
    name: OsString,
    /// Device and number of a file that exists: it may have other names.
    inode: Option<(u64, u64)>,
}

impl FileUses {
    /// Adds a file that is read.
    pub fn read(&mut self, named_by: impl Into<String>, path: &Path) {
        self.add(named_by.into(), path, false);
    }

    /// Adds a file that is appended to.
    pub fn append(&mut self, named_by: impl Into<String>, path: &Path) {
        self.add(named_by.into(), path, true);
    }

    /// Adds a file that is replaced, by way of a temporary one.
    pub fn replace(&mut self, named_by: impl Into<String>, path: &Path) {
        let named_by = named_by.into();
        self.beside(&named_by, path, &[".tmp"]);
        self.add(named_by, path, true);
    }

    /// Adds the files whose names are that of `path` and a suffix; one that ends in `-` stands for
    /// all that begin so.
    pub fn beside(&mut self, named_by: &str, path: &Path, suffixes: &[&str]) {
        let path = resolved(path).unwrap_or_else(|_| path.to_owned());
        for suffix in suffixes {
            let path = sibling(&path, suffix);
            self.0.push(FileUse {
                named_by: named_by.to_owned(),
                role: (*suffix).to_owned(),
                is_written: true,
                is_stream: false,
                // A link planted there is removed or refused when it is used.
                place: Place::at(&path, None),
                path,
            });
        }
    }

    /// Adds the standard streams, where they lead to files.
    pub fn standard_streams(&mut self) {
        let streams = [
            ("standard input", "/dev/stdin", false),
            ("standard output", "/dev/stdout", true),
            ("standard error", "/dev/stderr", true),
        ];
        for (name, path, is_written) in streams {
            let path = Path::new(path);
            if fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
                self.add(name.to_owned(), path, is_written);
                if let Some(stream) = self.0.last_mut() {
                    stream.is_stream = true;
                }
            }
        }
    }

    /// Refuses one file that is named twice, unless it is only read.
    pub fn check(&self) -> Result<(), InputError> {
        // The files themselves first, since the message is about the first two that are found.
        let (main, beside): (Vec<&FileUse>, Vec<&FileUse>) =
            self.0.iter().partition(|it| it.role.is_empty());
        let uses = [main, beside].concat();
        for (n, first) in uses.iter().enumerate() {
            if let Some(second) = uses.iter().skip(n + 1).find(|it| it.collides(first)) {
                let path = first.path.display();
                return Err(InputError(format!(
                    "{} and {} are one file, {path}; choose another for one of them",
                    first.name(),
                    second.name()
                )));
            }
        }
        Ok(())
    }

    fn add(&mut self, named_by: String, path: &Path, is_written: bool) {
        self.0.push(FileUse {
            named_by,
            role: String::new(),
            path: path.to_owned(),
            is_written,
            is_stream: false,
            place: Place::of(path),
        });
    }
}

impl FileUse {
    fn name(&self) -> String {
        match self.role.as_str() {
            "" => self.named_by.clone(),
            role => format!("the {role} file of {}", self.named_by),
        }
    }

    fn collides(&self, other: &Self) -> bool {
        let is_of_one_option =
            self.named_by == other.named_by && !(self.role.is_empty() && other.role.is_empty());
        if is_of_one_option || (self.is_stream && other.is_stream) {
            return false;
        }
        (self.is_written || other.is_written)
            && (self.place.is(&other.place) || self.covers(other) || other.covers(self))
    }

    /// True where this stands for all files that begin as it does, and the other one is among them.
    fn covers(&self, other: &Self) -> bool {
        self.role.ends_with('-')
            && self.place.folder == other.place.folder
            && other
                .place
                .name
                .as_encoded_bytes()
                .starts_with(self.place.name.as_encoded_bytes())
    }
}

impl Place {
    fn of(path: &Path) -> Self {
        let inode = inode(path);
        let path = resolved(path).unwrap_or_else(|_| path.to_owned());
        Self::at(&path, inode)
    }

    fn at(path: &Path, inode: Option<(u64, u64)>) -> Self {
        Self {
            folder: canonical(folder(path)),
            name: path.file_name().map(OsString::from).unwrap_or_default(),
            inode,
        }
    }

    fn is(&self, other: &Self) -> bool {
        (self.inode.is_some() && self.inode == other.inode)
            || (self.folder == other.folder && self.name == other.name)
    }
}

/// The folder's one name. What does not exist yet is added as it is.
fn canonical(folder: &Path) -> PathBuf {
    for ancestor in folder.ancestors() {
        let existing = if ancestor == Path::new("") {
            Path::new(".")
        } else {
            ancestor
        };
        if let (Ok(existing), Ok(rest)) =
            (fs::canonicalize(existing), folder.strip_prefix(ancestor))
        {
            return existing.join(rest);
        }
    }
    folder.to_owned()
}

#[cfg(unix)]
fn inode(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn inode(_: &Path) -> Option<(u64, u64)> {
    None
}
