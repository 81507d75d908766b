// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Address map, register offsets and event numbers of the cluster: each stands here once. The C header
// freebits/cluster_numbers.h and the C++ constants of the testbench are generated from this file, so
// every line is `localparam … Name = <number>;`. docs/cluster.md says what the registers do.
package fb_cluster_pkg;

  // Address map (bytes).
  localparam logic [31:0] L1Base         = 32'h1000_0000;
  localparam logic [31:0] L1TasBase      = 32'h1010_0000;  // loads test and set
  localparam logic [31:0] EventUnitBase  = 32'h1020_0000;
  localparam logic [31:0] DmaBase        = 32'h1020_1000;
  localparam logic [31:0] TimerBase      = 32'h1020_2000;
  localparam logic [31:0] ControlBase    = 32'h1020_3000;
  localparam logic [31:0] OutsideIoBase  = 32'h1A00_0000;  // devices of the outside: L3 DMA
  localparam logic [31:0] OutsideIoBytes = 32'h0001_0000;
  localparam logic [31:0] L2Base         = 32'h1C00_0000;
  localparam logic [31:0] L3Base         = 32'h8000_0000;

  // Event unit: a private view for each core.
  localparam logic [11:0] EuMask         = 12'h000;  // rw: events that end a wait
  localparam logic [11:0] EuStatus       = 12'h004;  // ro: buffered events
  localparam logic [11:0] EuClear        = 12'h008;  // wo: clears the events written 1
  localparam logic [11:0] EuIrqMask      = 12'h00C;  // rw: events that raise the interrupt line
  localparam logic [11:0] EuWait         = 12'h010;  // load: answered when STATUS & MASK != 0, with it
  localparam logic [11:0] EuWaitClear    = 12'h014;  // … and clears what it returns
  localparam logic [11:0] EuTrigger      = 12'h040;  // + 4*e, wo: software event e at the cores of the mask written
  localparam logic [11:0] EuBarrier      = 12'h100;  // + 16*b
  localparam logic [11:0] EuBarrierTeam  = 12'h000;  // rw: mask of the cores that take part; reset: all
  localparam logic [11:0] EuBarrierState = 12'h004;  // ro: mask of the cores that have arrived
  localparam logic [11:0] EuBarrierWait  = 12'h008;  // load: arrives; answered when the team is complete, with the team
  localparam logic [11:0] EuBarrierGo    = 12'h00C;  // wo: arrives without waiting; event when complete
  localparam logic [11:0] EuMutex        = 12'h200;  // + 8*m
  localparam logic [11:0] EuMutexLock    = 12'h000;  // load: answered when the mutex is this core's, with the last message
  localparam logic [11:0] EuMutexUnlock  = 12'h004;  // wo: releases it and leaves a message
  localparam int NumSoftwareEvents = 8;
  localparam int NumBarriers       = 8;
  localparam int NumMutexes        = 8;
  localparam int NumOutsideEvents  = 4;

  // Events: bits of MASK, STATUS, CLEAR, IRQ_MASK.
  localparam int EventSoftware = 0;   // … 7
  localparam int EventBarrier  = 8;   // … 15: barrier complete, for cores that arrived with GO
  localparam int EventDma      = 16;  // a transfer of this core is complete
  localparam int EventTimer    = 17;
  localparam int EventOutside  = 18;  // … 21: lines from outside; 18 is the L3 DMA
  localparam int NumEvents     = 22;
  localparam int EventIrq      = 11;  // bit of mip

  // DMA: a private view for each core.
  localparam logic [11:0] DmaSource            = 12'h000;  // rw: byte address
  localparam logic [11:0] DmaDestination       = 12'h004;  // rw: byte address
  localparam logic [11:0] DmaBytes             = 12'h008;  // rw: bytes of a row
  localparam logic [11:0] DmaRows              = 12'h00C;  // rw: rows; reset: 1
  localparam logic [11:0] DmaSourceStride      = 12'h010;  // rw: bytes from row to row
  localparam logic [11:0] DmaDestinationStride = 12'h014;  // rw
  localparam logic [11:0] DmaStart             = 12'h018;  // load: queues the transfer, answers its ticket (1, 2, 3 … of this core)
  localparam logic [11:0] DmaDone              = 12'h01C;  // ro: ticket of the last transfer completed (they complete in order)
  localparam logic [11:0] DmaError             = 12'h020;  // rw: 1 after an access outside the memories; write 0 to clear

  // Timer, shared.
  localparam logic [11:0] TimerCount   = 12'h000;  // rw: cycles counted while enabled
  localparam logic [11:0] TimerCompare = 12'h004;  // rw
  localparam logic [11:0] TimerControl = 12'h008;  // rw: bit 0 enable, bit 1 restart at a match (else: stop)
  localparam logic [11:0] TimerTargets = 12'h00C;  // rw: mask of the cores that get the event

  // Control, shared.
  localparam logic [11:0] ControlCores       = 12'h000;  // ro
  localparam logic [11:0] ControlBanks       = 12'h004;  // ro
  localparam logic [11:0] ControlL1Bytes     = 12'h008;  // ro
  localparam logic [11:0] ControlL2Bytes     = 12'h00C;  // ro
  localparam logic [11:0] ControlL3Bytes     = 12'h010;  // ro
  localparam logic [11:0] ControlLevel       = 12'h014;  // ro: ISA level, 0 … 4
  localparam logic [11:0] ControlIcacheFlush = 12'h018;  // wo: empties the instruction cache and the fetch buffers

  // Sources of outside requests: the id of a request and of its answer. Answers of one id come in order.
  localparam logic [4:0] OutsideIdCore     = 5'd0;   // … 15
  localparam logic [4:0] OutsideIdIcache   = 5'd16;
  localparam logic [4:0] OutsideIdDmaRead  = 5'd17;
  localparam logic [4:0] OutsideIdDmaWrite = 5'd18;

  // Why a core waits in the event unit.
  localparam logic [1:0] WaitNone    = 2'd0;
  localparam logic [1:0] WaitEvent   = 2'd1;  // for events, none of which is a memory transfer's
  localparam logic [1:0] WaitMemory  = 2'd2;  // for events among which are EventDma or EventOutside
  localparam logic [1:0] WaitBarrier = 2'd3;  // at a barrier or a mutex

endpackage

`default_nettype wire
