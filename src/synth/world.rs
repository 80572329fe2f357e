//! Everything the generator knows and carries along: lists, places, shared things, the writing hand.
//!
//! Its parts are filled in by the files that need them (`person`, `household`, `observe`, `event`). Never here: outputs.

use super::config::Config;
use super::device::Devices;
use super::dice::Dice;
use super::hand::Hand;
use super::name::Names;
use super::opaque::Namer;
use super::place::Places;
use super::shared::Shared;

/// The generator's state; bounded whatever the number of customers.
pub(crate) struct World {
    pub(crate) names: Names,
    pub(crate) places: Places,
    pub(crate) shared: Shared,
    pub(crate) devices: Devices,
    pub(crate) namer: Namer,
    pub(crate) hand: Hand,
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let namer = Namer::new(config.seed);
        let places = Places::new(config.customers);
        let shared = Shared::new(namer, config.customers, places.cities_served());
        World {
            names: Names::new(),
            places,
            shared,
            devices: Devices::new(),
            namer,
            hand: Hand::new(config.errors, Dice::new(config.seed, 0)),
        }
    }
}
