// SPDX-License-Identifier: Apache-2.0
#include "Vcore.h"
#include "tb/core/core_engine.hpp"

namespace freebits::tb {
namespace {

struct NoTrace {
  NoTrace(VerilatedContext&, Vcore&, const std::filesystem::path&) {}
  void operator()(std::uint64_t) const {}
};

}  // namespace

std::unique_ptr<CoreSim::Engine> make_engine(SystemMemory& memory) {
  return std::make_unique<VerilatedEngine<Vcore, NoTrace>>(memory, "");
}

}  // namespace freebits::tb
