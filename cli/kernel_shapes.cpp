// SPDX-License-Identifier: Apache-2.0
#include "kernel_shapes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "freebits/tb/error.hpp"

namespace freebits::cli {
namespace {

constexpr unsigned kMost = 65535;  // kernels.h: sizes are 16 bits

unsigned number(const nlohmann::json& entry, const char* key, const std::string& where) {
  const auto at = entry.find(key);
  if (at == entry.end()) throw tb::Error(fmt::format("{}: {} is missing", where, key));
  if (!at->is_number_unsigned() || *at == 0 || *at > kMost) {
    throw tb::Error(fmt::format("{}: {} is {}; expected 1 … {}", where, key, at->dump(), kMost));
  }
  return at->get<unsigned>();
}

profiler::KernelShape shape_of(const nlohmann::json& entry, const std::string& where) {
  if (!entry.is_object()) throw tb::Error(fmt::format("{}: expected an object", where));
  constexpr std::array<const char*, 6> kKeys = {"kernel",   "height",       "width",
                                                "channels", "out_channels", "stride"};
  for (const auto& [key, value] : entry.items()) {
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      throw tb::Error(
          fmt::format("{}: unknown key {}; expected {}", where, key, fmt::join(kKeys, ", ")));
    }
  }
  profiler::KernelShape shape;
  const auto kernel = entry.find("kernel");
  const auto& names = profiler::kernel_names();
  if (kernel == entry.end() || !kernel->is_string() ||
      std::ranges::find(names, kernel->get<std::string>()) == names.end()) {
    throw tb::Error(fmt::format("{}: kernel: expected one of {}", where, fmt::join(names, ", ")));
  }
  shape.kernel = kernel->get<std::string>();
  shape.in = {number(entry, "height", where), number(entry, "width", where),
              number(entry, "channels", where)};
  shape.out_channels = number(entry, "out_channels", where);
  shape.stride = number(entry, "stride", where);
  return shape;
}

}  // namespace

std::vector<profiler::KernelShape> read_kernel_shapes(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw tb::Error(fmt::format("{}: cannot be read", file));
  nlohmann::json document;
  try {
    document = nlohmann::json::parse(stream);
  } catch (const nlohmann::json::exception& error) {
    throw tb::Error(fmt::format("{}: {}", file, error.what()));
  }
  if (!document.is_array() || document.empty()) {
    throw tb::Error(fmt::format("{}: expected a list of shapes", file));
  }
  std::vector<profiler::KernelShape> shapes;
  for (std::size_t i = 0; i < document.size(); ++i) {
    shapes.push_back(shape_of(document[i], fmt::format("{}: entry {}", file, i + 1)));
  }
  return shapes;
}

}  // namespace freebits::cli
