// SPDX-License-Identifier: Apache-2.0
#include "kernel_shapes.hpp"

#include <fmt/format.h>

#include "freebits/models/files/fields.hpp"
#include "freebits/models/files/file_bytes.hpp"
#include "freebits/tb/error.hpp"

namespace freebits::cli {
namespace {

constexpr std::int64_t kMost = 65535;        // kernels.h: sizes are 16 bits
constexpr std::size_t kMostShapes = 10'000;  // each takes a simulation of seconds

profiler::KernelShape shape_of(models::Fields fields) {
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

std::vector<profiler::KernelShape> shapes_of(const models::Json& document,
                                             const std::string& file) {
  if (!document.is_array() || document.empty() || document.size() > kMostShapes) {
    throw tb::Error(fmt::format("{}: {}, expected a list of 1 to {} shapes", file,
                                models::shown(document), kMostShapes));
  }
  std::vector<profiler::KernelShape> shapes;
  for (const models::Json& entry : document)
    shapes.push_back(shape_of({entry, fmt::format("{}: entry {}", file, shapes.size() + 1)}));
  return shapes;
}

}  // namespace

std::vector<profiler::KernelShape> read_kernel_shapes(const std::string& file) {
  try {
    return shapes_of(models::parse_json(models::read_bytes(file), file), file);
  } catch (const std::invalid_argument& error) {
    throw tb::Error(error.what());
  }
}

}  // namespace freebits::cli
