//! Where the time of a start goes.

use std::time::{Duration, Instant};

/// The stages of one run, in order, and how long each took.
pub struct Timing {
    last: Instant,
    stages: Vec<(&'static str, Duration)>,
}

impl Timing {
    /// Starts the clock.
    pub fn start() -> Timing {
        Timing { last: Instant::now(), stages: Vec::new() }
    }

    /// Ends the stage that began with the mark before.
    pub fn mark(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.stages.push((stage, now - self.last));
        self.last = now;
    }

    /// The stages that have ended.
    pub fn stages(&self) -> &[(&'static str, Duration)] {
        &self.stages
    }
}
