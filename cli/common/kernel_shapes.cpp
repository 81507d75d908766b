// SPDX-License-Identifier: Apache-2.0
#include "cli/common/kernel_shapes.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/fields.hpp"
#include "base/file_bytes.hpp"

namespace freebits::cli {
namespace {

constexpr std::int64_t kMost = 65535;        // kernels.h: sizes are 16 bits
constexpr std::size_t kMostShapes = 10'000;  // each takes a simulation of seconds

profiler::KernelShape shape_of(Fields fields) {
  const auto& names = profiler::kernel_names();
  const auto number = [&](const char* key) {
    return static_cast<unsigned>(fields.number(key, 1, kMost));
  };
  profiler::KernelShape shape;
  shape.kernel = names[fields.choice("kernel", {names.begin(), names.end()})];
  shape.in = {number("height"), number("width"), number("channels")};
  shape.out_channels = number("out_channels");
  shape.stride = number("stride");
  fields.finish();
  return shape;
}

std::vector<profiler::KernelShape> shapes_of(const Json& document, const std::string& file) {
  if (!document.is_array() || document.empty() || document.size() > kMostShapes) {
    throw Error(fmt::format("{}: {}, expected a list of 1 to {} shapes", file, shown(document),
                            kMostShapes));
  }
  std::vector<profiler::KernelShape> shapes;
  for (const Json& entry : document)
    shapes.push_back(shape_of({entry, fmt::format("{}: entry {}", file, shapes.size() + 1)}));
  return shapes;
}

}  // namespace

std::vector<profiler::KernelShape> read_kernel_shapes(const std::string& file) {
  return shapes_of(parse_json(read_bytes(file), file), file);
}

}  // namespace freebits::cli
