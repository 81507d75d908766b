// SPDX-License-Identifier: Apache-2.0
#include "tb/core/core_sim.hpp"

#include <utility>

#include "tb/core/core_engine.hpp"

namespace freebits::tb {

CoreSim::CoreSim(SystemMemory& memory, const CoreOptions& options)
    : engine_(options.trace.empty() ? make_engine(memory)
                                    : make_traced_engine(memory, options.trace)) {
  engine_->reset(options);
}

CoreSim::~CoreSim() = default;

void CoreSim::reset(const CoreOptions& options) { engine_->reset(options); }
const isa::Retired* CoreSim::step() { return engine_->step(); }
void CoreSim::set_interrupts(std::uint32_t mip) { engine_->interrupts = mip; }
std::optional<std::uint32_t> CoreSim::interrupt() const { return engine_->interrupt; }
CoreSim::Trap CoreSim::trap() const { return engine_->trap; }
void CoreSim::watch(std::uint32_t address) { engine_->watched.push_back(address & ~7U); }
std::optional<std::uint32_t> CoreSim::take_stored() {
  return std::exchange(engine_->stored, std::nullopt);
}
std::uint64_t CoreSim::cycles() const { return engine_->cycles; }
std::uint64_t CoreSim::instructions() const { return engine_->instructions; }
std::uint64_t CoreSim::data_accesses() const { return engine_->data_accesses; }
const Accounting& CoreSim::accounting() const { return engine_->accounting; }
bool CoreSim::sleeping() const { return engine_->sleeping(); }
CoreSim::Waiting CoreSim::waiting() const { return engine_->waiting(); }

}  // namespace freebits::tb
