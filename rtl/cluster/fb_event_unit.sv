// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Event unit: events, barriers over any subset of the cores, mutexes. Every core has a private port
// (never a conflict): granted at once, answered in the next cycle; loads of WAIT, WAIT_CLEAR, a
// barrier's WAIT and a mutex's LOCK are answered when what they wait for is there (in the next
// cycle if it already is). A core that arrives at a barrier whose team it is not in is answered at
// once. A mutex goes to the waiting cores in round-robin order.
//
// Answers depend on registers alone and these change only in `active` cycles: a cycle after one in
// which nothing happened costs nothing, whoever waits.
module fb_event_unit #(
  parameter int NumCores = 8
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire  [NumCores-1:0]    req_i,
  input  wire  [NumCores*32-1:0] addr_i,
  input  wire  [NumCores-1:0]    we_i,
  input  wire  [NumCores*32-1:0] wdata_i,
  output logic [NumCores-1:0]    rvalid_o,
  output logic [NumCores*32-1:0] rdata_o,
  input  wire  [NumCores-1:0]    dma_event_i,
  input  wire  [NumCores-1:0]    timer_event_i,
  input  wire  [3:0]             outside_event_i,  // pulses, to all cores
  output logic [NumCores-1:0]    irq_o,            // level: STATUS & IRQ_MASK != 0
  output logic [NumCores*2-1:0]  wait_o            // fb_cluster_pkg::Wait…
);

  localparam int NumEvents   = fb_cluster_pkg::NumEvents;
  localparam int NumBarriers = fb_cluster_pkg::NumBarriers;
  localparam int NumMutexes  = fb_cluster_pkg::NumMutexes;
  localparam logic [NumEvents-1:0] MemoryEvents =
      (22'd1 << fb_cluster_pkg::EventDma) | (22'hf << fb_cluster_pkg::EventOutside);

  // Matrices of a bit for each core (column) and barrier or mutex (row).
  logic [NumBarriers*NumCores-1:0] team_q, team_d;
  logic [NumBarriers*NumCores-1:0] arrived_q, arrived_d;
  logic [NumBarriers*NumCores-1:0] go_q, go_d;         // arrived without waiting
  logic [NumBarriers*NumCores-1:0] waits_q, waits_d;
  logic [NumMutexes*NumCores-1:0]  owner_q, owner_d;   // one-hot; 0: free
  logic [NumMutexes*NumCores-1:0]  wants_q, wants_d;
  logic [NumMutexes*NumCores-1:0]  behind_q, behind_d; // the cores after the last owner: first
  logic [NumMutexes*32-1:0]        message_q;

  // The access under way of each core: at most one of these.
  logic [NumCores-1:0] read_q;                 // answered at once
  logic [NumCores-1:0] event_q;                // waits for events …
  logic [NumCores-1:0] clear_q;                // … and clears them
  logic [NumCores-1:0] ready_q;                // STATUS & MASK != 0
  logic [NumCores-1:0] irq_q;
  logic [NumCores*2-1:0] wait_q;

  // After an answer alone, nobody new can be answered: that is no change.
  logic pulse, changed_q, active;
  assign pulse  = (dma_event_i | timer_event_i) != '0 || outside_event_i != '0;
  assign active = req_i != '0 || pulse || changed_q;

  // Barriers that complete, mutexes that find an owner: who is answered.
  logic [NumBarriers-1:0]         complete;
  logic [NumMutexes*NumCores-1:0] lock;
  logic [NumCores-1:0]            released, locked;
  always_comb begin
    complete = '0;
    released = '0;
    if (changed_q && (arrived_q | waits_q) != '0) begin
      for (int b = 0; b < NumBarriers; b++) begin
        complete[b] = (team_q[b*NumCores +: NumCores] & arrived_q[b*NumCores +: NumCores]) != '0 &&
                      (team_q[b*NumCores +: NumCores] & ~arrived_q[b*NumCores +: NumCores]) == '0;
        released    = released | (waits_q[b*NumCores +: NumCores] &
                                  (complete[b] ? '1 : ~team_q[b*NumCores +: NumCores]));
      end
    end
  end
  always_comb begin
    logic [NumCores-1:0] first;
    lock   = '0;
    locked = '0;
    first  = '0;
    if (changed_q && wants_q != '0) begin
      for (int m = 0; m < NumMutexes; m++) begin
        first = wants_q[m*NumCores +: NumCores] & behind_q[m*NumCores +: NumCores];
        if (first == '0) first = wants_q[m*NumCores +: NumCores];
        if (owner_q[m*NumCores +: NumCores] == '0) begin
          lock[m*NumCores +: NumCores] = first & (~first + 1'b1);
        end
        locked = locked | lock[m*NumCores +: NumCores];
      end
    end
  end
  assign rvalid_o = changed_q ? read_q | (event_q & ready_q) | released | locked : '0;
  assign irq_o    = irq_q;
  assign wait_o   = wait_q;

  // Requests.
  logic [11:0]         offset [NumCores];
  logic [31:0]         wdata [NumCores];
  logic [2:0]          index [NumCores];        // of the barrier or mutex
  logic [NumCores-1:0] is_barrier, is_mutex, read;
  logic [NumCores-1:0] event_d, clear_d;
  always_comb begin
    is_barrier = '0;
    is_mutex   = '0;
    read       = '0;
    event_d    = '0;
    clear_d    = '0;
    for (int i = 0; i < NumCores; i++) begin
      offset[i] = '0;
      wdata[i]  = '0;
      index[i]  = '0;
    end
    if (req_i != '0) begin
      for (int i = 0; i < NumCores; i++) begin
        offset[i]     = addr_i[i*32 +: 12];
        wdata[i]      = wdata_i[i*32 +: 32];
        is_barrier[i] = req_i[i] && offset[i][11:7] == fb_cluster_pkg::EuBarrier[11:7];
        is_mutex[i]   = req_i[i] && offset[i][11:6] == fb_cluster_pkg::EuMutex[11:6];
        index[i]      = is_mutex[i] ? offset[i][5:3] : offset[i][6:4];
        clear_d[i]    = req_i[i] && !we_i[i] && offset[i] == fb_cluster_pkg::EuWaitClear;
        event_d[i]    = clear_d[i] ||
                        (req_i[i] && !we_i[i] && offset[i] == fb_cluster_pkg::EuWait);
        read[i]       = req_i[i] && !event_d[i] && (we_i[i] ||
            !((is_barrier[i] && offset[i][3:2] == fb_cluster_pkg::EuBarrierWait[3:2]) ||
              (is_mutex[i] && offset[i][2] == fb_cluster_pkg::EuMutexLock[2])));
      end
    end
  end

  // Next state of barriers and mutexes.
  always_comb begin
    team_d    = team_q;
    arrived_d = arrived_q & team_q;
    go_d      = go_q & team_q;
    waits_d   = waits_q;
    owner_d   = owner_q | lock;
    wants_d   = wants_q & ~lock;
    behind_d  = behind_q;
    if (active) begin
      for (int b = 0; b < NumBarriers; b++) begin
        waits_d[b*NumCores +: NumCores] = waits_q[b*NumCores +: NumCores] & ~released;
        if (complete[b]) begin
          arrived_d[b*NumCores +: NumCores] = '0;
          go_d[b*NumCores +: NumCores]      = '0;
        end
      end
      if (locked != '0) begin
        for (int m = 0; m < NumMutexes; m++) begin
          if (lock[m*NumCores +: NumCores] != '0) begin
            behind_d[m*NumCores +: NumCores] =
                ~(lock[m*NumCores +: NumCores] | (lock[m*NumCores +: NumCores] - 1'b1));
          end
        end
      end
      for (int i = 0; i < NumCores; i++) begin
        if (is_barrier[i]) begin
          for (int b = 0; b < NumBarriers; b++) begin
            if (index[i] == b[2:0]) begin
              if (we_i[i] && offset[i][3:2] == fb_cluster_pkg::EuBarrierTeam[3:2]) begin
                team_d[b*NumCores +: NumCores] = wdata[i][NumCores-1:0];
              end
              if (we_i[i] && offset[i][3:2] == fb_cluster_pkg::EuBarrierGo[3:2]) begin
                arrived_d[b*NumCores + i] = team_q[b*NumCores + i];
                go_d[b*NumCores + i]      = team_q[b*NumCores + i];
              end
              if (!we_i[i] && offset[i][3:2] == fb_cluster_pkg::EuBarrierWait[3:2]) begin
                arrived_d[b*NumCores + i] = team_q[b*NumCores + i];
                waits_d[b*NumCores + i]   = 1'b1;
              end
            end
          end
        end
        if (is_mutex[i]) begin
          for (int m = 0; m < NumMutexes; m++) begin
            if (index[i] == m[2:0]) begin
              if (we_i[i] && offset[i][2] == fb_cluster_pkg::EuMutexUnlock[2]) begin
                owner_d[m*NumCores + i] = 1'b0;
              end
              if (!we_i[i] && offset[i][2] == fb_cluster_pkg::EuMutexLock[2]) begin
                wants_d[m*NumCores + i] = 1'b1;
              end
            end
          end
        end
      end
    end
  end

  // Events set in this cycle.
  logic [NumEvents-1:0] set [NumCores];
  always_comb begin
    for (int i = 0; i < NumCores; i++) set[i] = '0;
    if (pulse || (req_i & we_i) != '0 || complete != '0) begin
      for (int i = 0; i < NumCores; i++) begin
        set[i][fb_cluster_pkg::EventDma]          = dma_event_i[i];
        set[i][fb_cluster_pkg::EventTimer]        = timer_event_i[i];
        set[i][fb_cluster_pkg::EventOutside +: 4] = outside_event_i;
        for (int b = 0; b < NumBarriers; b++) begin
          set[i][fb_cluster_pkg::EventBarrier + b] = complete[b] && go_q[b*NumCores + i];
        end
      end
      for (int i = 0; i < NumCores; i++) begin
        if (req_i[i] && we_i[i] && offset[i][11:5] == fb_cluster_pkg::EuTrigger[11:5]) begin
          for (int t = 0; t < NumCores; t++) begin
            if (wdata[i][t]) set[t][{2'b00, offset[i][4:2]}] = 1'b1;
          end
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      changed_q <= 1'b0;
      team_q    <= '1;
      arrived_q <= '0;
      go_q      <= '0;
      waits_q   <= '0;
      owner_q   <= '0;
      wants_q   <= '0;
      behind_q  <= '0;
      read_q    <= '0;
      event_q   <= '0;
      clear_q   <= '0;
    end else if (active) begin
      changed_q <= req_i != '0 || pulse || complete != '0;
      team_q    <= team_d;
      arrived_q <= arrived_d;
      go_q      <= go_d;
      waits_q   <= waits_d;
      owner_q   <= owner_d;
      wants_q   <= wants_d;
      behind_q  <= behind_d;
      read_q    <= read;
      event_q   <= (event_q & ~rvalid_o) | event_d;
      clear_q   <= (clear_q & ~rvalid_o) | clear_d;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      message_q <= '0;
    end else if ((is_mutex & we_i) != '0) begin
      for (int m = 0; m < NumMutexes; m++) begin
        for (int i = 0; i < NumCores; i++) begin
          // An owner may unlock in the very cycle in which its LOCK is answered.
          if (is_mutex[i] && we_i[i] && index[i] == m[2:0] &&
              offset[i][2] == fb_cluster_pkg::EuMutexUnlock[2] &&
              (owner_q[m*NumCores + i] || lock[m*NumCores + i])) begin
            message_q[m*32 +: 32] <= wdata[i];
          end
        end
      end
    end
  end

  // The event registers and the answer of each core.
  for (genvar i = 0; i < NumCores; i++) begin : g_core
    logic [NumEvents-1:0] mask_q, irq_mask_q, status_q;
    logic [NumEvents-1:0] irq_mask_d, status_d;   // in active cycles
    logic [NumEvents-1:0] kept;                   // STATUS after a WAIT_CLEAR answered now
    logic [31:0]          value_q, value;
    logic [2:0]           index_q;

    // Setting wins over clearing.
    always_comb begin
      irq_mask_d = '0;
      status_d   = '0;
      kept       = '0;
      if (active) begin
        irq_mask_d = irq_mask_q;
        kept       = rvalid_o[i] && clear_q[i] ? status_q & ~mask_q : status_q;
        status_d   = kept;
        if (req_i[i] && we_i[i]) begin
          if (offset[i] == fb_cluster_pkg::EuIrqMask) irq_mask_d = wdata[i][NumEvents-1:0];
          if (offset[i] == fb_cluster_pkg::EuClear) status_d = kept & ~wdata[i][NumEvents-1:0];
        end
        status_d = status_d | set[i];
      end
    end

    // What a load reads at once.
    always_comb begin
      value = '0;
      if (active) begin
        unique case (offset[i])
          fb_cluster_pkg::EuMask:    value[NumEvents-1:0] = mask_q;
          fb_cluster_pkg::EuStatus:  value[NumEvents-1:0] = kept;
          fb_cluster_pkg::EuIrqMask: value[NumEvents-1:0] = irq_mask_q;
          default: begin
            if (is_barrier[i]) begin
              unique case (offset[i][3:2])
                fb_cluster_pkg::EuBarrierTeam[3:2]:
                  value[NumCores-1:0] = team_q[index[i]*NumCores +: NumCores];
                fb_cluster_pkg::EuBarrierState[3:2]:
                  value[NumCores-1:0] = arrived_q[index[i]*NumCores +: NumCores];
                default: ;
              endcase
            end
          end
        endcase
      end
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        mask_q           <= '0;
        irq_mask_q       <= '0;
        status_q         <= '0;
        ready_q[i]       <= 1'b0;
        irq_q[i]         <= 1'b0;
        wait_q[i*2 +: 2] <= fb_cluster_pkg::WaitNone;
        value_q          <= '0;
        index_q          <= '0;
      end else if (active) begin
        if (req_i[i] && we_i[i] && offset[i] == fb_cluster_pkg::EuMask) begin
          mask_q <= wdata[i][NumEvents-1:0];
        end
        irq_mask_q <= irq_mask_d;
        status_q   <= status_d;
        ready_q[i] <= (status_d & mask_q) != '0;   // a core that waits does not write its mask
        irq_q[i]   <= (status_d & irq_mask_d) != '0;
        if (req_i[i]) begin
          value_q          <= we_i[i] ? '0 : value;
          index_q          <= index[i];
          wait_q[i*2 +: 2] <= read[i] ? fb_cluster_pkg::WaitNone :
                              !event_d[i] ? fb_cluster_pkg::WaitBarrier :
                              (mask_q & MemoryEvents) != '0 ? fb_cluster_pkg::WaitMemory :
                                                              fb_cluster_pkg::WaitEvent;
        end else if (rvalid_o[i]) begin
          wait_q[i*2 +: 2] <= fb_cluster_pkg::WaitNone;
        end
      end
    end

    always_comb begin
      rdata_o[i*32 +: 32] = '0;
      if (rvalid_o[i]) begin
        if (read_q[i]) rdata_o[i*32 +: 32] = value_q;
        else if (event_q[i]) rdata_o[i*32 +: NumEvents] = status_q & mask_q;
        else if (locked[i]) rdata_o[i*32 +: 32] = message_q[index_q*32 +: 32];
        else rdata_o[i*32 +: NumCores] = team_q[index_q*NumCores +: NumCores];
      end
    end
  end

  logic unused_bits;
  assign unused_bits = ^addr_i;

endmodule

`default_nettype wire
