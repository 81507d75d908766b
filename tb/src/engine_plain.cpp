// SPDX-License-Identifier: Apache-2.0
#include "Vfb_core.h"
#include "core_engine.hpp"

namespace freebits::tb {
namespace {

struct NoTrace {
  NoTrace(VerilatedContext&, Vfb_core&, const std::filesystem::path&) {}
  void operator()(std::uint64_t) const {}
};

}  // namespace

std::unique_ptr<CoreSim::Engine> make_engine(SystemMemory& memory) {
  return std::make_unique<VerilatedEngine<Vfb_core, NoTrace>>(memory, "");
}

}  // namespace freebits::tb
