-- Most popular category of each age group (50+ is over 50; under 18 is in none). Ties: every winner is a row. No medians.
with

posts as (
    select ind, category from pin where category is not null
),

users as (
    select
        ind,
        case
            when age between 18 and 24 then '18-24'
            when age between 25 and 35 then '25-35'
            when age between 36 and 50 then '36-50'
            when age > 50 then '50+'
        end as age_group
    from user
),

counted as (
    select age_group, category, count(*) as category_count
    from posts
    inner join users using (ind)
    where age_group is not null
    group by age_group, category
),

ranked as (
    select *, rank() over (partition by age_group order by category_count desc) as place
    from counted
),

final as (
    select age_group, category, category_count from ranked where place = 1
)

select * from final order by age_group, category
