// SPDX-License-Identifier: Apache-2.0
// Every kind of layer, once, for C11 and C++20: enumerations, names, unions, declarations and
// tables are made from these lists (docs/howto/add-layer.md).
#pragma once

/// M(Kind, name, inputs): what there are kernels for. Its kernels are sw/kernels/NAME.c, their
/// operands struct fb_NAME (kernels.h). The order is that of models::IntegerOp.
#define FB_KERNEL_KINDS(M)        \
  M(Conv, conv, 1)                \
  M(Depthwise, depthwise, 1)      \
  M(Add, add, 2)                  \
  M(AveragePool, average_pool, 1) \
  M(MaxPool, max_pool, 1)

/// M(Kind, name, kernel): layers of a graph, and the kind of kernel that computes each.
#define FB_LAYER_KINDS(M)                   \
  M(Conv, conv, Conv)                       \
  M(Depthwise, depthwise, Depthwise)        \
  M(FullyConnected, fully_connected, Conv)  \
  M(Add, add, Add)                          \
  M(AveragePool, average_pool, AveragePool) \
  M(MaxPool, max_pool, MaxPool)
