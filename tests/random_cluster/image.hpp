// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "memories.hpp"
#include "plan.hpp"
#include "program.hpp"
#include "tb/cluster/cluster.hpp"
#include "tb/program/elf.hpp"

namespace freebits::random_cluster {

/// A program ready to run.
struct Image {
  tb::Elf elf;
  Memories memories;
  std::vector<random::Program> programs;  ///< of the cores
};

[[nodiscard]] Image make_image(const Plan& plan);

/// What in the cluster's memory is not as it must be after the program; nothing if all is well.
[[nodiscard]] std::optional<std::string> judge(const Image& image, const tb::Cluster& cluster);

/// The code of one core, as text.
[[nodiscard]] std::string listing(const Image& image, unsigned core);

}  // namespace freebits::random_cluster
