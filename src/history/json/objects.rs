//! The objects at the beginning of a file, and their members.

use serde_json::{Map, Value};

use super::values::{is_wrapped, object, object_in_text};

/// A member by its names, from the outermost on.
pub(super) type Path = Vec<String>;

/// The objects at the beginning of a file.
pub(super) struct Objects<'l> {
    pub(super) objects: Vec<Object<'l>>,
    /// Their members, and those of objects in them.
    pub(super) leaves: Vec<Path>,
}

/// One of them.
pub(super) struct Object<'l> {
    pub(super) line: &'l [u8],
    pub(super) members: Map<String, Value>,
}

impl<'l> Objects<'l> {
    /// Those of `lines`, each in one.
    pub(super) fn of(lines: &'l [u8]) -> Self {
        let lines = lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let objects = lines.filter_map(|line| {
            let members = object(line)?;
            Some(Object { line, members })
        });
        let objects: Vec<Object> = objects.collect();
        let mut leaves: Vec<Path> = Vec::new();
        for object in &objects {
            for_each_leaf(&object.members, &mut Vec::new(), &mut |path, _| {
                if leaves.len() < LEAVES_MAX && !leaves.iter().any(|leaf| leaf == path) {
                    leaves.push(path.to_vec());
                }
            });
        }
        Self { objects, leaves }
    }

    /// The names of the members.
    pub(super) fn listed(&self) -> String {
        let names = self.leaves.iter().take(LISTED_MAX);
        let mut names: Vec<String> = names.map(|leaf| leaf.join(".")).collect();
        if self.leaves.len() > LISTED_MAX {
            names.push(format!("{} more", self.leaves.len() - LISTED_MAX));
        }
        names.join(", ")
    }

    /// True where an object has both members, with different values.
    pub(super) fn differ(&self, one: &Path, other: &Path) -> bool {
        self.objects.iter().any(|object| {
            let (mut first, mut second) = (None, None);
            for_each_leaf(&object.members, &mut Vec::new(), &mut |path, value| {
                if path == one.as_slice() {
                    first = Some(value.clone());
                } else if path == other.as_slice() {
                    second = Some(value.clone());
                }
            });
            first.is_some() && second.is_some() && first != second
        })
    }
}

/// Gives each member that is no object to `take`, with its names.
pub(super) fn for_each_leaf(
    object: &Map<String, Value>,
    path: &mut Path,
    take: &mut dyn FnMut(&[String], &Value),
) {
    for (name, value) in object {
        path.push(name.clone());
        match value {
            Value::Object(inner) if !is_wrapped(inner) => for_each_leaf(inner, path, take),
            Value::String(text) => match object_in_text(text) {
                Some(inner) => for_each_leaf(&inner, path, take),
                None => take(path, value),
            },
            _ => take(path, value),
        }
        path.pop();
    }
}

/// Members that are looked at.
const LEAVES_MAX: usize = 200;
/// Members that a message names.
const LISTED_MAX: usize = 30;
