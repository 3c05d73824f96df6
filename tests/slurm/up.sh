#!/usr/bin/env bash
# up.sh DIR GPUS PORT: a Slurm of one node on this machine, without systemd and without accounting.
# Everything of it lies in DIR: munge key and socket, ports PORT and PORT+1, state, pid files. Needs root and
# the Debian packages slurm-wlm and munge. GPUs are device nodes, since slurmd takes no plain file for a GPU.
set -euo pipefail
mkdir -p "$1"
place=$(cd "$1" && pwd)
gpus=$2
port=$3
node=$(hostname -s)
mkdir -p "$place"/{state,spool,log,munge,dev}
chmod 700 "$place/munge"
head -c 1024 /dev/urandom > "$place/munge/key"
chmod 400 "$place/munge/key"
munged --force --key-file="$place/munge/key" --socket="$place/munge.sock" --pid-file="$place/munged.pid" \
    --log-file="$place/log/munged.log" --seed-file="$place/munge/seed"
for ((i = 0; i < gpus; i++)); do mknod "$place/dev/nvidia$i" c 1 3; done
echo "NodeName=$node Name=gpu Type=fake File=$place/dev/nvidia[0-$((gpus - 1))]" > "$place/gres.conf"
echo "CgroupPlugin=autodetect" > "$place/cgroup.conf"
cat > "$place/slurm.conf" <<CONF
ClusterName=medbench
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$place/munge.sock
CryptoType=crypto/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldLogFile=$place/log/slurmctld.log
SlurmdLogFile=$place/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=1,sched_interval=1,defer_batch=0
MpiDefault=none
ReturnToService=2
KillWait=3
MinJobAge=600
GresTypes=gpu
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=4000 Gres=gpu:fake:$gpus State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$place/slurm.conf
slurmctld -i
slurmd
for ((i = 0; i < 60; i++)); do
    sinfo --noheader --format=%T 2> /dev/null | grep -qE '^(idle|mixed|allocated)$' && exit 0
    sleep 0.5
done
echo "the node did not come up; see $place/log" >&2
exit 1
