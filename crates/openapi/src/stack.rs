//! A stack that is deep enough.

use std::thread;

use crate::{Error, Result};

/// How much stack a description that is nested as deep as [`load`](crate::load) permits may need, in a build that is not
/// optimised.
const SIZE: usize = 64 * 1024 * 1024;

/// Runs `task` on a thread with a stack for descriptions that are nested as deep as [`load`](crate::load) permits:
/// what reads them recurses.
///
/// # Errors
///
/// A thread that cannot be started; a task that panics; and the task's own.
pub fn with_deep_stack<T: Send + 'static>(
    task: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    thread::Builder::new()
        .stack_size(SIZE)
        .spawn(task)
        .map_err(|error| Error::new(format!("no thread can be started: {error}")))?
        .join()
        .unwrap_or_else(|_| Err(Error::new("the task has a defect: see above")))
}
