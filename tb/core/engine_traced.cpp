// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>

#include "Vcore_traced.h"
#include "base/error.hpp"
#include "tb/core/core_engine.hpp"
#include "verilated_fst_c.h"

namespace freebits::tb {
namespace {

class FstTrace {
 public:
  FstTrace(VerilatedContext& context, Vcore_traced& model, const std::filesystem::path& path)
      : file_(std::make_unique<VerilatedFstC>()) {
    if (!std::ofstream(path)) {
      throw Error(
          fmt::format("{}: cannot be written; name a file in a writable folder", path.string()));
    }
    context.traceEverOn(true);
    model.trace(file_.get(), 99);
    file_->open(path.c_str());
  }
  void operator()(std::uint64_t time) const { file_->dump(time); }

 private:
  std::unique_ptr<VerilatedFstC> file_;
};

}  // namespace

std::unique_ptr<CoreSim::Engine> make_traced_engine(SystemMemory& memory,
                                                    const std::filesystem::path& trace) {
  return std::make_unique<VerilatedEngine<Vcore_traced, FstTrace>>(memory, trace);
}

}  // namespace freebits::tb
