//! Four-channel customer data from a seed: a bank's or retailer's people as their own systems know them, with the truth.
//!
//! ```text
//! Config -> households -> people through time -> records of four channels -> rows, truth, events
//! ```
//!
//! [`generate`] writes `crm.csv`, `app.jsonl`, `mini_program.jsonl`, `branch.csv`, `events.csv` and `truth.csv` to whatever is given
//! as [`Outputs`]. In reading order: `config`, `disturbance` (the one table of all that goes wrong, with its rates), `counts`;
//! `dice`, `calendar`, `opaque`, `words` (chance, days, ids, lists); `name`, `place`, `certificate`, `phone`, `email`, `device`
//! (what people have); `person`, `household`, `shared`, `world` (who they are and what they share); `hand`, `dates`, `address`,
//! `observe`, `rows` (how it is written down); `event`; `scatter`, `generate`.
//!
//! The same configuration gives the same bytes on every machine: whole numbers, or arithmetic that every machine rounds alike.
//! Never here: files, the clock, threads, chance without a seed, and anything of a real person.

mod address;
mod calendar;
mod certificate;
mod config;
mod counts;
mod dates;
mod device;
mod dice;
mod disturbance;
mod email;
mod event;
mod generate;
mod hand;
mod household;
mod name;
mod observe;
mod opaque;
mod person;
mod phone;
mod place;
mod rows;
mod scatter;
mod shared;
mod words;
mod world;

pub use config::{Channel, Config, ErrorLevel};
pub use counts::Counts;
pub use disturbance::{Disturbance, PER};
pub use generate::{Outputs, generate};
